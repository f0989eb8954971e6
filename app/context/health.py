"""The services of health."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.life.health.certificates.service import CertificateService
from app.domains.life.health.follow_ups.service import FollowUpService
from app.domains.life.health.records.service import RecordService


@dataclass(frozen=True, slots=True)
class Health:
    records: RecordService
    certificates: CertificateService
    follow_ups: FollowUpService
