// Which screen an address leads to. The file that has it comes when the first of its screens is opened; home and signing in,
// which nearly everybody opens first, come with the app.
import { Refused } from "./api.js";
import { homeScreen } from "./screens/home.js";
import { signInScreen } from "./screens/sign_in.js";
import { t } from "./words.js";

const AT_ONCE = new Map([["", homeScreen], ["sign-in", signInScreen]]);
// File → address → what the file calls the screen.
const FILES = {
  applications: { applications: "applicationsScreen", application: "applicationScreen" },
  ask: { ask: "askScreen" },
  bill_accounts: { "biller-accounts": "billerAccountsScreen", "biller-account": "billerAccountScreen", "bind-account": "bindAccountScreen", "bill-receipts": "billReceiptsScreen", "bill-receipt": "billReceiptScreen" },
  bills: { bills: "billsScreen", bill: "billScreen" },
  bookings: { bookings: "bookingsScreen", booking: "bookingScreen" },
  care: { care: "careScreen" },
  cases: { cases: "casesScreen", case: "caseScreen", receipt: "receiptScreen" },
  credit: { credit: "creditScreen", "credit-history": "creditHistoryScreen", "credit-appeals": "creditAppealsScreen" },
  credit_dues: { "credit-dues": "creditDuesScreen", treatments: "treatmentsScreen", treatment: "treatmentScreen" },
  culture: { events: "eventsScreen", event: "eventScreen", session: "sessionScreen", "event-tickets": "eventTicketsScreen", "event-ticket": "eventTicketScreen", library: "libraryScreen", sights: "sightsScreen", sight: "sightScreen" },
  doctors: { departments: "departmentsScreen", doctors: "doctorsScreen" },
  draft: { draft: "draftScreen" },
  emergency: { emergency: "emergencyScreen" },
  estate: { estate: "estateScreen", "estate-notice": "estateNoticeScreen", "repair-new": "newRepairScreen", repair: "repairScreen" },
  event_waits: { "event-wait": "eventWaitScreen" },
  family_doctor: { "family-doctor": "familyDoctorScreen", "family-team": "familyTeamScreen" },
  family_visits: { "family-visits": "familyVisitsScreen", "family-visit": "familyVisitScreen", "family-visit-new": "newFamilyVisitScreen" },
  follow_ups: { "follow-up": "followUpScreen" },
  health: { health: "healthScreen" },
  health_record: { "health-record": "healthRecordScreen" },
  inbox: { inbox: "inboxScreen" },
  item: { item: "itemScreen" },
  licences: { licences: "licencesScreen", licence: "licenceScreen" },
  me: { me: "meScreen" },
  packets: { packets: "packetsScreen", packet: "packetScreen" },
  patrol: { lead: "leadScreen" },
  paycode: { "pay-code": "payCodeScreen", "pay-limits": "limitsScreen" },
  payments: { payments: "paymentsScreen", payment: "paymentScreen", dispute: "disputeScreen" },
  paypin: { "pay-pin": "payPinScreen" },
  payto: { "pay-to": "payToScreen" },
  places: { places: "placesScreen", place: "placeScreen", "places-kept": "placesKeptScreen" },
  points: { points: "pointsScreen" },
  proposals: { proposals: "proposalsScreen", proposal: "proposalScreen", "proposal-new": "newProposalScreen" },
  public: { "public-cases": "publicListScreen", public: "publicScreen" },
  queues: { queue: "queueScreen", tickets: "ticketsScreen" },
  report: { report: "reportScreen" },
  responder: { responder: "responderScreen" },
  rides: { rides: "ridesScreen" },
  search: { search: "searchScreen" },
  shops: { shops: "shopsScreen", shop: "shopScreen", "shop-orders": "shopOrdersScreen", "shop-order": "shopOrderScreen", parcels: "parcelsScreen" },
  surroundings: { surroundings: "surroundingsScreen", station: "stationScreen" },
  surveys: { surveys: "surveysScreen", survey: "surveyScreen" },
  talk: { talk: "talkScreen", thread: "threadScreen", "talk-new": "newThreadScreen", posts: "postsScreen", moderation: "moderationScreen" },
  transit: { transit: "transitScreen", stop: "stopScreen", line: "lineScreen", trip: "tripScreen", journey: "journeyScreen" },
  venues: { venues: "venuesScreen", venue: "venueScreen", slots: "slotsScreen" },
  visitors: { visitors: "visitorsScreen", visitor: "visitorScreen" },
  volunteers: { volunteers: "volunteersScreen", volunteer: "volunteerScreen", "volunteer-activity": "volunteerActivityScreen" },
  votes: { votes: "votesScreen", vote: "voteScreen" },
  wallet: { wallet: "walletScreen", paid: "paidScreen" },
  wallet_lines: { "wallet-lines": "walletLinesScreen" },
  wallet_moves: { "top-up": "topUpScreen", withdraw: "withdrawScreen", "bank-cards": "bankCardsScreen" },
  wishes: { wishes: "wishesScreen", "my-wishes": "myWishesScreen" },
};
const ADDRESSES = new Map(Object.entries(FILES).flatMap(([file, screens]) => Object.entries(screens).map(([address, made]) => [address, { file, made }])));
export const UNLOADED = "UNLOADED";

/** The screen of this address; home for one that leads nowhere. Raises Refused (UNLOADED) when its file cannot be had. */
export async function screenOf(address) {
  const place = ADDRESSES.get(address);
  if (!place) return AT_ONCE.get(address) ?? homeScreen;
  try {
    return (await import(`./screens/${place.file}.js`))[place.made];
  } catch (fault) {
    console.debug(fault);
    throw new Refused(UNLOADED, t("这一页没有加载出来，请检查网络后再试。", "This page could not be loaded. Check the network and try again."));
  }
}

/** The whole app anew, at the address where it is, as soon as the city answers: a browser does not ask again for a file that it
 * could not have, and after a new version of the app the files no longer fit together. Raises Refused. */
export async function openAnew() {
  const reply = await fetch("/app", { cache: "no-store" }).catch(() => null);
  if (!reply?.ok) throw new Refused("OFFLINE", t("还是连不上城市。", "The city still cannot be reached."));
  location.reload();
}
