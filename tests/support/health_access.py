"""Of each operation of health: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

_WARD = "HEALTH_READ"
HEALTH_SCOPES: tuple[str, ...] = ("health",)
CITIZEN_MAY_HEALTH: Mapping[str, str] = {
    **dict.fromkeys(("healthSharing", "followUpPlans", "followUps", "readHealthRecord", "allowHealthRecord"), _WARD),
    **dict.fromkeys(("stopHealthRecord", "issueVaccinationCertificate"), _WARD),
}
PROVIDER_MAY_HEALTH: Mapping[str, str] = {
    **dict.fromkeys(("followUpPlans", "followUps", "overdueFollowUps", "fetchHealthRecord"), "health"),
    **dict.fromkeys(("noteVaccination", "planFollowUp", "recordFollowUp", "endFollowUp"), "health"),
}
TAKES_HEALTH_ID: Mapping[str, tuple[str, str]] = {
    "StopHealthRecord": ("consentId", "Consent"),
    **dict.fromkeys(("MyFollowUps", "FollowUps", "RecordFollowUp", "EndFollowUp"), ("planId", "FollowUpPlan")),
    **dict.fromkeys(("PlanFollowUp", "FollowUpPlans"), ("contractId", "FamilyDoctorContract")),
}
MOST_OF_HEALTH: Mapping[str, int] = {
    "citizen.AllowHealthRecord": 14,
    "citizen.MoveFamilyDoctor": 17,
    "citizen.RenewFamilyDoctor": 9,
    "provider.AcceptFamilyDoctorContract": 9,
    "provider.RefuseFamilyDoctorContract": 11,
    "citizen.HealthSharing": 4,
    "citizen.IssueVaccinationCertificate": 26,
    "citizen.MyFollowUpPlans": 2,
    "citizen.MyFollowUps": 4,
    "citizen.ReadHealthRecord": 14,
    "citizen.StopHealthRecord": 12,
    "provider.EndFollowUp": 12,
    "provider.FetchHealthRecord": 20,
    "provider.FollowUpPlans": 4,
    "provider.FollowUps": 6,
    "provider.NoteVaccination": 10,
    "provider.OverdueFollowUps": 3,
    "provider.PlanFollowUp": 15,
    "provider.RecordFollowUp": 16,
}
