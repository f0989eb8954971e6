// Two languages. What the city says comes translated; here are the app's own words and the names of its terms.
let chosen = localStorage.getItem("rong.language") ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en");

export const locale = () => chosen;
export const english = () => chosen === "en";
export const t = (zh, en) => (english() ? en : zh);

export function speak(language) {
  chosen = language;
  localStorage.setItem("rong.language", language);
  document.documentElement.lang = language;
}

const NAMES = {
  due: {
    PAYMENT_TO_CONFIRM: ["待确认付款", "Confirm a payment"], TICKET: ["排队中", "In a queue"], TREATMENT_TO_ANSWER: ["待同意诊疗", "Agree to a treatment"],
    BOOKING_TO_CONFIRM: ["待确认预约", "Confirm a booking"], BOOKING: ["预约", "Booking"], EVENT_TICKET_TO_PAY: ["待支付的票", "Tickets to pay"], EVENT_TICKET_OFFERED: ["候补到的票", "Tickets kept for you"], EVENT_TICKET: ["活动票", "Tickets"], APPLICATION_RETURNED: ["待补正", "To be corrected"],
    CASE_TO_RATE: ["待评价", "To be rated"], CREDIT: ["信用还款", "Repay credit"], BILL: ["待缴", "Bill"], LICENCE_ENDS: ["证照到期", "Licence ends"],
    SHOP_ORDER_TO_PAY: ["订单待付", "Order to pay"], SHOP_ORDER_COMING: ["配送中", "On its way"], SHOP_ORDER_READY: ["可取货", "To be fetched"], PARCEL: ["包裹待取", "Parcel waits"],
    CARE_CHECK_IN: ["该报平安了", "Check in"], CARE_TO_ANSWER: ["待您同意", "To be agreed"], STAY_TO_ANSWER: ["待您确认", "To be confirmed"], FAMILY_VISIT: ["探访", "Visit"], VOTE: ["待表决", "To vote on"],
    APPLICATION_DRAFT: ["草稿", "Draft"], VISITOR: ["今日访客", "Visitor today"], FOLLOW_UP: ["随访", "Follow-up"], BOOKS: ["还书", "Books due"],
    REPAIR_TO_RATE: ["报修待评价", "Repair to rate"],
  },
  // Who somebody is to his guardian; the registry says the guardian's side.
  ward: {
    parent: ["孩子", "your child"], grandparent: ["孙辈", "your grandchild"], child: ["父母", "your parent"], grandchild: ["祖辈", "your grandparent"],
    spouse: ["配偶", "your spouse"], guardian: ["被监护人", "your ward"],
  },
  turn: {
    BIRTH: ["生育", "A child"], SCHOOL: ["上学", "School"], WORK: ["就业", "Work"], HOME: ["安居", "A home"], MARRIAGE: ["婚姻", "Marriage"],
    ILLNESS: ["就医", "Illness"], RETIREMENT: ["退休", "Retirement"], BEREAVEMENT: ["身后事", "Bereavement"],
  },
  category: {
    BIRTH_ADOPTION: ["生育收养", "Birth and adoption"], HOUSEHOLD: ["户籍", "Household"],
    IDENTITY_DOCUMENTS: ["证件", "Identity documents"], EDUCATION: ["教育", "Education"], MILITARY: ["兵役", "Military"],
    EMPLOYMENT: ["就业", "Employment"], MARRIAGE: ["婚姻", "Marriage"], SOCIAL_SECURITY: ["社保", "Social security"],
    MEDICAL: ["医疗", "Medical"], HOUSING: ["住房", "Housing"], HOUSING_FUND: ["公积金", "Housing fund"],
    TRANSPORT: ["交通出行", "Transport"], EXIT_ENTRY: ["出入境", "Exit and entry"], TAX: ["税务", "Tax"],
    BUSINESS: ["开办企业", "Business"], PERMITS: ["许可", "Permits"], CONSTRUCTION: ["建设", "Construction"],
    ENVIRONMENT: ["环保", "Environment"], JUSTICE: ["司法公证", "Justice"], CULTURE_TOURISM: ["文化旅游", "Culture and tourism"],
    LATER_LIFE: ["养老", "Later life"],
  },
  lifeEvent: {
    BIRTH: ["我要生孩子", "Having a baby"], CHILDREN_CARE: ["育儿", "Childcare"], SCHOOL: ["上学", "School"],
    COMING_OF_AGE: ["成年", "Coming of age"], JOB: ["找工作", "A job"], START_BUSINESS: ["创业", "Starting a business"],
    MARRIAGE: ["结婚", "Getting married"], BUY_HOME: ["买房", "Buying a home"], MOVE: ["搬家", "Moving"], CAR: ["用车", "A car"],
    ILLNESS: ["生病", "Falling ill"], DISABILITY: ["残疾", "Disability"], MILITARY: ["参军", "Military service"],
    RETIREMENT: ["退休", "Retirement"], BEREAVEMENT: ["身后事", "Bereavement"], GOING_ABROAD: ["出国", "Going abroad"],
    HARDSHIP: ["困难救助", "Hardship"],
  },
  depth: { INFORMATION: ["只有指南", "Guide only"], ONLINE_ACCEPT: ["网上受理", "Accepted online"], ONLINE_WHOLE: ["全程网办", "Wholly online"] },
  application: {
    DRAFT: ["草稿", "Draft"], SUBMITTED: ["已递交", "Handed in"], RETURNED: ["待补正", "To be corrected"], REFUSED: ["不予受理", "Not accepted"],
    ACCEPTED: ["已受理", "Accepted"], IN_REVIEW: ["审查中", "In review"], DECIDED: ["已办结", "Decided"], DELIVERED: ["已送达", "Delivered"],
    WITHDRAWN: ["已撤回", "Withdrawn"],
  },
  step: {
    BEGUN: ["开始填写", "Begun"], MOVED: ["换到新表单", "Moved to the new form"], SUBMITTED: ["递交", "Handed in"], CLAIMED: ["经办人接手", "Taken up"],
    RELEASED: ["转回队列", "Put back"], ACCEPTED: ["受理，开始计时", "Accepted; the clock runs"], REFUSED: ["不予受理", "Not accepted"],
    CORRECTION_ASKED: ["要求补正，暂停计时", "Correction asked; the clock pauses"], CORRECTED: ["已补正", "Corrected"],
    REVIEW_BEGUN: ["开始审查", "Review begun"], EXTENDED: ["延长期限", "Extended"], GRANTED: ["准予", "Granted"], REJECTED: ["不予许可", "Rejected"],
    DELIVERED: ["送达", "Delivered"], WITHDRAWN: ["撤回", "Withdrawn"], VISITED: ["到窗口一次", "A visit"], OVERDUE: ["超期", "Overdue"],
  },
  way: {
    LICENCE: ["由电子证照代替", "Your licence stands in"], DATA: ["由共享数据代替", "Shared data stand in"], UPLOAD: ["已上传", "Uploaded"],
    BRING: ["到窗口带原件", "Bring the original"], MISSING: ["还缺", "Missing"], NOT_NEEDED: ["不需要", "Not needed"],
  },
  source: { IDENTITY: ["来自实名信息", "From your verified identity"], LICENCE: ["来自你的证照", "From your licence"], DATA: ["来自共享数据", "From shared data"] },
  caseKind: { HELP: ["求助", "Help"], COMPLAINT: ["投诉", "Complaint"], ENQUIRY: ["咨询", "Enquiry"], SUGGESTION: ["建议", "Suggestion"] },
  caseIdentity: { NAMED: ["办理单位可见", "Those who handle it"], CONFIDENTIAL: ["只有热线中心可见", "The hotline's centre only"], ANONYMOUS: ["不记名", "Nobody"] },
  caseState: {
    FILED: ["待受理", "Filed"], ACCEPTED: ["已受理", "Taken in"], DISPATCHED: ["已派单", "With its unit"], HANDLING: ["办理中", "Being handled"],
    HANDLED: ["已办理", "Handled"], REPLIED: ["待评价", "Replied to"], CLOSED: ["已办结", "Closed"], REFUSED: ["不予受理", "Not taken in"],
    WITHDRAWN: ["已撤回", "Withdrawn"], MERGED: ["已并入", "Merged"],
  },
  tie: { SUPPORT: ["支持", "Support it"], FOLLOW: ["关注进展", "Follow it"], JOIN: ["我也遇到了，加入", "I have it too: join"] },
  untie: { SUPPORT: ["取消支持", "Support it no longer"], FOLLOW: ["取消关注", "Follow it no longer"], JOIN: ["退出", "Leave it"] },
  grade: { 5: ["非常满意", "Very satisfied"], 4: ["满意", "Satisfied"], 3: ["一般", "Fair"], 2: ["不满意", "Dissatisfied"], 1: ["非常不满意", "Very dissatisfied"] },
  light: { GREEN: ["按时", "On time"], YELLOW: ["快到期", "Nearly due"], RED: ["已超期", "Overdue"] },
  licence: { ACTIVE: ["有效", "Valid"], SUSPENDED: ["暂停", "Suspended"], REVOKED: ["吊销", "Revoked"], REPLACED: ["已更换", "Replaced"], EXPIRED: ["过期", "Expired"] },
  purpose: { SERVICE_HALL: ["办事大厅", "Service hall"], INSPECTION: ["检查", "Inspection"], HOSPITAL: ["医院", "Hospital"], BENEFIT: ["优待", "Benefit"] },
  booking: {
    OFFERED: ["候补到号", "Offered to you"], HELD: ["为你保留", "Held for you"], BOOKED: ["已预约", "Booked"], ARRIVED: ["已到场", "Arrived"],
    CALLED: ["叫到你了", "Called"], SERVED: ["已完成", "Done"], NO_SHOW: ["未到", "Missed"], CANCELLED: ["已取消", "Cancelled"],
    RELEASED: ["已放回", "Given back"], EXPIRED: ["保留到期", "Lapsed"],
  },
  eventKind: {
    EXHIBITION: ["展览", "Exhibition"], CONCERT: ["音乐会", "Concert"], PLAY: ["戏剧", "Play"], OPERA: ["戏曲", "Opera"],
    LECTURE: ["讲座", "Lecture"], SPORT: ["体育", "Sport"], WORKSHOP: ["体验课", "Workshop"], FAMILY: ["亲子", "Family"],
  },
  shopKind: { GROCER: ["便利店", "Grocer"], CANTEEN: ["食堂", "Canteen"], PHARMACY: ["药店", "Pharmacy"], LAUNDRY: ["洗衣", "Laundry"], PARCELS: ["驿站", "Parcels"], OTHER: ["店铺", "Shop"] },
  shopOrder: {
    PLACED: ["待支付", "To be paid"], PAID: ["待接单", "Waits for the shop"], ACCEPTED: ["备货中", "Being prepared"], READY: ["可以取货", "Ready for you"], DELIVERING: ["配送中", "On its way"],
    DELIVERED: ["已完成", "Delivered"], LAPSED: ["超时未付", "Not paid in time"], GIVEN_UP: ["已放弃", "Given up"], CANCELLED: ["已取消", "Cancelled"], REFUSED: ["已退单", "Refused"],
  },
  fetchWay: { PICK_UP: ["自取", "I fetch it"], DELIVERY: ["送货上门", "To my door"] },
  parcelState: { WAITING: ["待取", "Waits"], ORDERED: ["配送中", "Being brought"], FETCHED: ["已取", "Fetched"], RETURNED: ["已退回", "Returned"] },
  eventPurchase: { HELD: ["待支付", "To be paid"], GOOD: ["有效", "Good"], LAPSED: ["已超时", "Lapsed"], GIVEN_UP: ["已放弃", "Given up"], RETURNED: ["已退票", "Returned"], CANCELLED: ["已取消", "Cancelled"] },
  eventWait: { WAITING: ["候补中", "Waiting"], OFFERED: ["请领取", "Kept for you"], TAKEN: ["已领取", "Taken"], PASSED: ["已让出", "Passed on"], LEFT: ["已退出", "Left"], OVER: ["已结束", "Over"] },
  eventTicket: { GOOD: ["未使用", "Not used"], USED: ["已入场", "Used"], RETURNED: ["已退", "Returned"] },
  crowd: { UNKNOWN: ["客流不明", "Not known"], QUIET: ["舒适", "Quiet"], BUSY: ["较多", "Busy"], WARNING: ["拥挤", "Crowded"], FULL: ["已满", "Full"] },
  creditLine: { OPEN: ["可用", "Open"], FROZEN: ["暂停", "Resting"], CLOSED: ["已关闭", "Closed"] },
  creditCause: { JOINED: ["同意计分", "You agreed"], MONTHLY: ["每月计分", "The monthly count"], ASKED: ["您要求的", "You asked for it"], APPEAL: ["申诉之后", "After an appeal"] },
  creditDue: { PAYMENT: ["信用支付", "Paid by credit"], TREATMENT: ["先诊疗后付费", "A treatment"] },
  creditMeans: { WALLET: ["钱包", "Wallet"], GATEWAY: ["银行卡", "Bank card"] },
  creditRepayment: { WAITING: ["等待付款", "To be paid"], DONE: ["已到账", "Arrived"], FAILED: ["未完成", "Not made"] },
  creditAppeal: { OPEN: ["等待答复", "Waits"], RECOUNTED: ["已重新计分", "Counted again"], ADJUSTED: ["已加分", "Points given"], REFUSED: ["不改", "Refused"], WITHDRAWN: ["已撤回", "Withdrawn"] },
  treatment: {
    WAITING: ["等您确认", "Waits for you"], AUTHORISED: ["已预留", "Held"], CHARGED: ["已扣款", "Charged"], DECLINED: ["您没同意", "Declined"],
    CANCELLED: ["医院取消", "Given up"], EXPIRED: ["未确认", "Not confirmed"], LAPSED: ["已释放", "Let go"],
  },
  payment: { NONE: ["免费", "Free"], DUE: ["待支付", "To be paid"], PAID: ["已支付", "Paid"], OWED_BACK: ["退款中", "Being refunded"], REFUNDED: ["已退款", "Refunded"] },
  ticket: { WAITING: ["等候中", "Waiting"], CALLED: ["请到窗口", "Go to the counter"], SERVED: ["已办理", "Served"], ABSENT: ["过号", "Missed"], LEFT: ["已离开", "Left"], CLOSED: ["已结束", "Closed"] },
  venue: { HALL: ["办事大厅", "Service halls"], HOSPITAL: ["医院", "Hospitals"], VACCINATION: ["接种", "Vaccination"], REGISTRY: ["登记处", "Registries"], OTHER: ["其他", "Others"] },
  waiting: { WAITING: ["候补中", "Waiting"], OFFERED: ["已给你号", "Offered"], ACCEPTED: ["已接受", "Accepted"], PASSED: ["已过去", "Passed"], LEFT: ["已退出", "Left"] },
  result: {
    licence: ["电子证照，直接进你的证照夹", "A licence, straight into your wallet"], approval: ["批准文件", "An approval"], registration: ["登记", "A registration"],
    payment: ["发放到账", "A payment"], proof: ["证明", "A certificate"],
  },
  postVisibility: { WAITING: ["待审核", "To be looked at"], SHOWN: ["显示中", "Shown"], HELD: ["暂时隐藏", "Hidden for now"], HIDDEN: ["已隐藏", "Hidden"] },
  postKind: { THREAD: ["话题", "Conversation"], REPLY: ["回复", "Reply"], PROPOSAL: ["建议", "Proposal"] },
  moderationReason: {
    PERSONAL_DATA: ["泄露个人信息", "Personal data"], INSULT: ["辱骂攻击", "Insults"], FALSEHOOD: ["不实信息", "Falsehoods"], ADVERTISING: ["广告", "Advertising"],
    ILLEGAL: ["违法内容", "Against the law"], REPEATED: ["重复发布", "The same again"], ELSEWHERE: ["应走其他渠道", "Belongs elsewhere"], OTHER: ["其他", "Other reasons"],
  },
  surveyPhase: { ANNOUNCED: ["未开始", "Announced"], OPEN: ["进行中", "Open"], OVER: ["已结束", "Over"] },
  surveyMisfit: {
    MISSING: ["请作答", "Please answer"], TOO_MANY: ["选得太多", "Too many chosen"], TOO_FEW: ["选得太少", "Too few chosen"], TOO_LONG: ["太长", "Too long"],
    PERSONAL: ["请去掉电话等个人信息", "Leave out phone numbers and the like"], UNKNOWN: ["没有这个选项", "No such choice"], REPEATED: ["重复", "Twice the same"], FORM: ["填写有误", "Not as it is asked"],
  },
  proposalLevel: { CITY: ["全市", "City"], DISTRICT: ["县区", "District"], TOWNSHIP: ["乡镇街道", "Township"] },
  proposalState: {
    DRAFT: ["草稿", "Draft"], MODERATED: ["审核中", "Being looked at"], COLLECTING: ["征集附议", "Collecting"], REACHED: ["待答复", "A reply is owed"],
    ANSWERED: ["已答复", "Answered"], EXPIRED: ["到期未达", "Expired"], WITHDRAWN: ["已撤回", "Withdrawn"],
  },
  paymentState: {
    PROCESSING: ["处理中", "In work"], WAITING_FOR_CONFIRMATION: ["待确认", "To be confirmed"], WAITING_FOR_GATEWAY: ["待付款", "To be paid"],
    CAPTURED: ["已付款", "Paid"], FAILED: ["未成功", "Not made"], CANCELLED: ["已取消", "Cancelled"], EXPIRED: ["已过期", "Lapsed"],
  },
  bill: {
    WATER: ["水费", "Water"], POWER: ["电费", "Power"], GAS: ["燃气", "Gas"], PROPERTY: ["物业", "Property"], SCHOOL: ["教育缴费", "School"], FINE: ["罚款", "Fines"],
    MEDICAL: ["医保", "Medical insurance"], TELECOM: ["通信", "Telecom"], RENT: ["租金", "Rent"],
  },
  billState: { OPEN: ["待缴", "To pay"], PART_PAID: ["部分已缴", "Partly paid"], PAID: ["已缴清", "Paid"], WITHDRAWN: ["已撤回", "Withdrawn"], CLEARED: ["已结清", "Nothing more to pay"], SUPERSEDED: ["已被替换", "Replaced"] },
  billStep: { ISSUED: ["出账", "Issued"], CHANGED: ["更改", "Changed"], PAID: ["缴费", "Paid"], WITHDRAWN: ["撤回", "Withdrawn"], CLEARED: ["余额不再收取", "Rest asked for no more"], SUPERSEDED: ["被替换", "Replaced"] },
  autoPay: {
    ANNOUNCED: ["将自动缴费", "Will be paid by itself"], PAID: ["已自动缴费", "Paid by itself"], SKIPPED: ["已跳过", "Skipped"], FAILED: ["自动缴费未成功", "Not paid by itself"],
    TOO_HIGH: ["超出上限", "Above your cap"], LAPSED: ["无需再缴", "Nothing to pay"],
  },
  payMethod: { WALLET: ["钱包", "Wallet"], CREDIT: ["信用支付", "Credit"], GATEWAY: ["银行卡", "Bank card"], POINTS: ["爱心积分", "Points"] },
  payStrength: { STATIC: ["商户静态码", "Static codes of merchants"], ONE_FACTOR: ["不验密码", "Without the PIN"], TWO_FACTORS: ["验支付密码", "With the PIN"] },
  refundState: { UNDER_WAY: ["退款中", "On its way"], DONE: ["已退", "Done"], STRANDED: ["待办理", "Waits"] },
  refundWay: { WALLET: ["钱包", "Wallet"], POINTS: ["积分", "Points"], CREDIT: ["冲减信用欠款", "Off what is owed"], GATEWAY: ["原路退回", "The way it came"], BANK: ["人工汇出", "Paid out by hand"], SUSPENSE: ["待您联系 12345", "Call 12345"] },
  refundCause: { PAYEE: ["收款方退款", "From who was paid"], DESK: ["服务中心退款", "By the city's desk"], CANCELLED: ["交易撤销", "Cancelled"], DISPUTE: ["争议：对方接受", "Dispute accepted"], CHARGEBACK: ["争议：已扣回", "Charged back"] },
  disputeReason: {
    NOT_MINE: ["不是我付的", "I did not pay it"], NOT_RECEIVED: ["没有收到", "Not received"], NOT_AS_DESCRIBED: ["与描述不符", "Not as described"], PAID_TWICE: ["重复付款", "Paid twice"],
    WRONG_AMOUNT: ["金额有误", "Wrong amount"], REFUND_MISSING: ["退款未到", "A refund is missing"], OTHER: ["其他", "Other"],
  },
  disputeState: { OPENED: ["等对方答复", "They may answer"], ANSWERED: ["请您补充", "You may reply"], TO_DECIDE: ["待裁定", "To be decided"], SETTLED: ["已了结", "Settled"] },
  disputeOutcome: { ACCEPTED: ["对方接受，已退", "Accepted: given back"], UNANSWERED: ["对方未答复，已退", "Not answered: given back"], UPHELD: ["支持您，已退", "Upheld: given back"], REJECTED: ["未获支持", "Not upheld"], WITHDRAWN: ["已撤回", "Taken back"], REFUNDED: ["对方已全额退款", "All of it was refunded"] },
  disputeParty: { PAYER: ["您", "You"], PAYEE: ["收款方", "Who was paid"], DESK: ["服务中心", "The desk"], TIME: ["期限", "Time"] },
  walletState: { OPEN: ["正常", "Open"], FROZEN: ["已冻结", "Frozen"], CLOSED: ["已注销", "Closed"] },
  topUp: {
    OPENING: ["待付款", "To be paid"], OPEN: ["待付款", "To be paid"], PAID: ["已到账", "Paid"], FAILED: ["支付失败", "Failed"], CLOSED: ["已取消", "Cancelled"],
    MISMATCH: ["金额不符，核查中", "Another sum came; being looked into"], RETURNED: ["未能入账，原路退回", "Could not be taken; goes back"],
  },
  withdrawal: { ASKED: ["处理中", "On its way"], PROCESSING: ["处理中", "On its way"], DONE: ["已到账", "Arrived"], FAILED: ["未成功，已退回", "Failed; given back"] },
  spending: {
    TOP_UP: ["充值", "Top-up"], WITHDRAWAL: ["提现", "Withdrawal"], REFUND: ["退款", "Refund"], RED_PACKET: ["红包", "Red packet"], REPAYMENT: ["信用还款", "Repayment"],
    BILLS: ["缴费", "Bills"], TRANSPORT: ["交通", "Transport"], FOOD: ["餐饮", "Food"], SHOPPING: ["购物", "Shopping"], HEALTH: ["医疗", "Health"],
    EDUCATION: ["教育", "Education"], LEISURE: ["文娱", "Leisure"], SERVICES: ["生活服务", "Services"], OTHER: ["其他", "Other"],
  },
  transfer: {
    TOP_UP: ["充值", "Top-up"], WITHDRAWAL: ["提现", "Withdrawal"], PAYMENT: ["付款", "Payment"], REFUND: ["退款", "Refund"], REPAYMENT: ["信用还款", "Repayment"],
    PACKET: ["红包", "Red packet"],
  },
  pointMove: {
    GRANT: ["获得", "Earned"], PAYMENT: ["消费", "Spent"], REFUND: ["退回", "Given back"], DONATION: ["捐赠", "Given to a cause"], EXPIRY: ["到期", "Ended"], PACKET: ["红包", "Red packet"],
    REVERSAL: ["更正", "Corrected"], CORRECTION: ["更正", "Corrected"],
  },
  packetState: { OPEN: ["可领", "Open"], EMPTIED: ["已领完", "All taken"], LAPSED: ["已退回", "Lapsed"] },
  ride: { FREE: ["免费", "Free"], PAID: ["已付", "Paid"], OWED: ["未付", "Not paid"], BORNE: ["本市承担", "Borne by the city"] },
  farePart: {
    BASE: ["起步", "Base"], DISTANCE: ["里程", "Distance"], LONGEST: ["最高票价", "Longest fare"], SENIOR: ["敬老", "Over 60"], MINOR: ["未成年", "Under 18"], TRANSFER: ["换乘", "Transfer"],
    DAY_CAP: ["每日封顶", "Cap of the day"],
  },
  placeField: { PHONE: ["电话", "Telephone"], HOURS: ["营业时间", "Hours"], ADDRESS: ["地址", "Address"], NAME: ["名称", "Name"], CLOSED: ["已停业", "It is gone"] },
  stationKind: { AIR: ["空气", "Air"], WATER: ["水质", "Water"] },
  chartSpan: { DAY: ["24 小时", "24 hours"], WEEK: ["7 天", "7 days"], MONTH: ["30 天", "30 days"] },
  measure: { so2: ["二氧化硫", "SO₂"], no2: ["二氧化氮", "NO₂"], co: ["一氧化碳", "CO"], o3: ["臭氧", "O₃"], pm10: ["PM10", "PM10"], pm25: ["PM2.5", "PM2.5"], ph: ["pH", "pH"], oxygen: ["溶解氧", "Dissolved oxygen"], permanganate: ["高锰酸盐指数", "COD-Mn"], ammonia: ["氨氮", "Ammonia nitrogen"], phosphorus: ["总磷", "Phosphorus"] },
  airLevel: { 3: ["轻度污染", "lightly polluted"], 4: ["中度污染", "moderately polluted"], 5: ["重度污染", "heavily polluted"], 6: ["严重污染", "severely polluted"] },
  waterClass: { 1: ["Ⅰ类", "class I"], 2: ["Ⅱ类", "class II"], 3: ["Ⅲ类", "class III"], 4: ["Ⅳ类", "class IV"], 5: ["Ⅴ类", "class V"], 6: ["劣Ⅴ类", "worse than V"] },
  watchedPlace: { HOME: ["家", "my home"], WORK: ["单位", "where I work"], SCHOOL: ["学校", "a school"], OTHER: ["别的地方", "another place"] },
  emergencyNumber: { POLICE: ["报警", "Police"], FIRE: ["火警", "Fire"], AMBULANCE: ["急救", "Ambulance"], TRAFFIC: ["交通事故", "Traffic accident"] },
  emergencyState: { OPEN: ["已告知中心", "the centre knows"], TAKEN: ["中心已接手", "taken by the centre"], ENDED: ["已结束", "ended"] },
  transitState: { CANCELLED: ["停开", "does not run"], SKIPPED: ["不停此站", "does not stop"] },
  transitKind: {
    BUS: ["公交", "Bus"], METRO: ["地铁", "Metro"], TRAM: ["有轨电车", "Tram"], RAIL: ["铁路", "Rail"], FERRY: ["轮渡", "Ferry"], CABLE: ["索道", "Cable car"],
    FUNICULAR: ["缆车", "Funicular"], OTHER: ["其他", "Other"],
  },
  skill: {
    FIRST_AID: ["急救", "First aid"], AED: ["会用 AED", "Can use an AED"], ELDERLY_CARE: ["助老", "Older people"], CHILDREN: ["儿童", "Children"], TEACHING: ["辅导", "Teaching"],
    LANGUAGES: ["外语", "Languages"], ENVIRONMENT: ["环保", "Environment"], TRAFFIC: ["文明交通", "Traffic"], LAW: ["法律", "Law"], COUNSELLING: ["心理", "Counselling"], REPAIRS: ["维修", "Repairs"], EVENTS: ["赛会", "Events"],
  },
  volunteerPlace: { SIGNED_UP: ["已报名", "Signed up"], WAITING: ["候补", "Waiting"], CANCELLED: ["已取消", "Cancelled"] },
  volunteerActivity: { PUBLISHED: ["报名中", "Open"], RUNNING: ["进行中", "Running"], ENDED: ["已结束", "Ended"], SETTLED: ["时长已确认", "Hours confirmed"], CANCELLED: ["已取消", "Cancelled"] },
  volunteerHours: { HELD: ["核实中", "Being looked at"], NEEDS_ANOTHER: ["待复核", "To be confirmed"], READY: ["即将公布", "Soon published"], PUBLISHED: ["已公布", "Published"], REFUSED: ["未确认", "Not confirmed"] },
  wishKind: { COMPANY: ["陪伴", "Company"], ERRAND: ["跑腿", "An errand"], REPAIR: ["小修小补", "A repair"], LESSON: ["辅导", "A lesson"], GOODS: ["物品", "Goods"], OUTING: ["外出", "An outing"], OTHER: ["其他", "Something else"] },
  wishFor: { OLDER: ["老人", "Somebody old"], CHILD: ["孩子", "A child"], DISABLED: ["残障人士", "Somebody disabled"], FAMILY: ["家庭", "A family"], OTHER: ["其他", "Somebody"] },
  wishState: { SCREENING: ["审核中", "Being screened"], REFUSED: ["未通过", "Refused"], OPEN: ["待认领", "Open"], CLAIMED: ["已认领", "Taken up"], DONE: ["待确认", "To be confirmed"], CONFIRMED: ["已实现", "Fulfilled"], WITHDRAWN: ["已撤回", "Withdrawn"] },
  callKind: { CARDIAC_ARREST: ["心脏骤停", "Cardiac arrest"], INJURY: ["受伤", "An injury"], CHOKING: ["气道异物", "Choking"], MISSING_PERSON: ["走失", "A missing person"], OTHER: ["需要帮助", "Help is needed"] },
  callReply: { CALLED: ["请答复", "Please answer"], GOING: ["正在前往", "Going"], CANNOT: ["无法前往", "Cannot"], ARRIVED: ["已到达", "There"] },
  rule: { promised: ["承诺期限", "Promised"], statutory: ["法定期限", "By law"] },
};

/** Thousands stand apart: 2537.54 → 2,537.54. */
export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
/** As English counts: 1 day, 2 days. `more`: where it is not by an s. */
export const plural = (count, one, more = one + "s") => `${grouped(count)} ${count === 1 ? one : more}`;

/** The name of a term: name("booking", "HELD"). A term the app does not know yet is shown as it is. */
export const name = (kind, term) => {
  const pair = NAMES[kind]?.[term];
  return pair ? t(...pair) : term;
};
