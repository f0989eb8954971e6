// Shops of my estate: a menu, a cart, an order and its code; parcels at the station, fetched or brought to the door.
import { ask, wish } from "../api.js";
import { act, announce, card, countdown, day, empty, entry, facts, h, homeName, link, moment, row, surely, tag, yuan } from "../dom.js";
import { name, t } from "../words.js";

const TONES = { PLACED: "gold", PAID: "gold", ACCEPTED: "gold", READY: "green", DELIVERING: "green", REFUSED: "red" };
const MEANS = ["WALLET", "CREDIT", "GATEWAY"];
const fen = (money) => Math.round(Number(money.amount) * 100);
const money = (sum) => ({ amount: (sum / 100).toFixed(2) });
const lived = async () => (await ask("MyHomes")).myHomes.filter((one) => one.state === "RESIDENT");
const options = (values, words) => values.map((value) => h("option", { value: value.id ?? value }, words(value)));

export async function shopsScreen() {
  const homes = await lived();
  const estates = [...new Set(homes.map((one) => one.estateId))];
  const found = await Promise.all(estates.map((estateId) => ask("Shops", { estateId, first: 50 })));
  const shops = new Map(found.flatMap(({ shops: page }) => page.edges.map(({ node }) => [node.id, node])));
  const rows = [...shops.values()].map((one) => row("/shop/" + one.id, one.name, terms(one), tag(name("shopKind", one.kind))));
  return {
    title: t("社区店铺", "Shops nearby"),
    body: [
      homes.length ? card(rows.length ? rows : empty(t("还没有店铺配送到您的小区。", "No shop delivers to your estate yet."))) : card(empty(t("登记住所后，可以看到配送到小区的店铺。", "Enter your home to see the shops that deliver there.")), row("/estate", t("登记住所", "Enter a home"))),
      card(row("/shop-orders", t("我的订单", "My orders")), row("/parcels", t("我的包裹", "My parcels"))),
    ],
  };
}

function terms(one) {
  const fee = fen(one.deliveryFee) ? t(`配送费 ¥${one.deliveryFee.amount}`, `Delivery ¥${one.deliveryFee.amount}`) : t("免配送费", "Free delivery");
  return [hours(one.hours), fee, fen(one.least) > 0 && t(`¥${one.least.amount} 起送`, `from ¥${one.least.amount}`)].filter(Boolean).join(" · ");
}

const minute = (at) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
const hours = ({ opens, closes }) => (opens === closes ? t("全天", "Day and night") : `${minute(opens)}–${minute(closes)}`);

export async function shopScreen({ args: [shopId], again }) {
  const [{ shopMenu: menu }, homes] = await Promise.all([ask("ShopMenu", { shopId }), lived()]);
  if (!menu) return { title: t("没有这家店铺", "No such shop"), body: [link("/shops", t("看全部", "See all"))] };
  const { shop } = menu, cart = new Map(), sums = h("div", { "aria-live": "polite" });
  const near = homes.filter((one) => shop.estateIds.includes(one.estateId));
  const way = h("select", near.length > 0 && h("option", { value: "DELIVERY" }, name("fetchWay", "DELIVERY")), h("option", { value: "PICK_UP" }, name("fetchWay", "PICK_UP")));
  const where = h("select", options(near, homeName)), method = h("select", options(MEANS, (one) => name("payMethod", one)));
  const note = h("input", { maxlength: 100, autocomplete: "off" }), door = entry(t("送到", "Bring it to"), where);
  const bill = () => {
    const goods = [...cart].reduce((sum, [one, count]) => sum + count * fen(one.price), 0);
    const brought = way.value === "DELIVERY" && cart.size > 0;
    const free = shop.freeFrom && goods >= fen(shop.freeFrom);
    return { goods, fee: brought && !free ? fen(shop.deliveryFee) : 0, short: brought ? Math.max(0, fen(shop.least) - goods) : 0 };
  };
  const count = () => {
    const { goods, fee, short } = bill();
    door.hidden = way.value !== "DELIVERY";
    if (!goods) return sums.replaceChildren(h("p.soft", t("先选商品。", "Choose something first.")));
    sums.replaceChildren(facts([t("商品", "Goods"), `¥${(goods / 100).toFixed(2)}`], way.value === "DELIVERY" && [t("配送费", "Delivery"), yuan(fee)], [t("合计", "Total"), h("b.sum", `¥${((goods + fee) / 100).toFixed(2)}`)]), short > 0 ? h("p.soft", t(`还差 ¥${(short / 100).toFixed(2)} 起送`, `¥${(short / 100).toFixed(2)} more to be brought`)) : "");
  };
  way.addEventListener("change", count);
  const order = async () => {
    const { goods, fee } = bill();
    if (!goods) return announce(t("先选商品。", "Choose something first."));
    const lines = [...cart].map(([one, number]) => ({ itemId: one.id, count: number, price: { amount: one.price.amount } }));
    const home = way.value === "DELIVERY" ? { residencyId: where.value } : {};
    try {
      await place({ shopId, lines, way: way.value, total: money(goods + fee), note: note.value, ...home }, method.value);
    } catch (refused) {
      if (refused.code === "PRICE_CHANGED" || refused.code === "ITEM_SOLD_OUT") { announce(refused.message); return again(); }
      throw refused;
    }
  };
  count();
  return {
    title: shop.name,
    body: [
      !menu.selling && h("p.note", t(`现在不接单，营业时间 ${hours(shop.hours)}`, `It takes no orders now. Hours: ${hours(shop.hours)}`)),
      h("p.soft", terms(shop)), shop.kind === "PARCELS" && card(row("/parcels", t("我的包裹", "My parcels"))), ...shelves(menu.items, cart, count),
      menu.selling && menu.items.length > 0 && card(h("h2", t("下单", "Order")), entry(t("怎么取", "How"), way), door, entry(t("用什么付", "Paid from"), method), entry(t("备注", "Note"), note), sums, act(t("下单并支付", "Order and pay"), order)),
    ],
  };
}

/** By category; a thing is counted up and down. */
function shelves(items, cart, changed) {
  const categories = [...new Set(items.map((one) => one.category))];
  return categories.map((category) => card(h("h2", category), items.filter((one) => one.category === category).map((one) => goods(one, cart, changed))));
}

function goods(one, cart, changed) {
  const shown = h("b.count", "0"), most = Math.min(one.most, one.stock ?? one.most);
  const step = (by) => () => {
    const count = Math.max(0, Math.min(most, (cart.get(one) ?? 0) + by));
    if (count) cart.set(one, count);
    else cart.delete(one);
    shown.textContent = String(count);
    changed();
  };
  const few = one.stock !== null && one.stock <= 5 && t(`仅剩 ${one.stock} 份`, `${one.stock} left`);
  const end = one.available ? h("span.counter", h("button.chip", { type: "button", onclick: step(-1), "aria-label": t(`少要一份${one.name}`, `One ${one.name} less`) }, "−"), shown, h("button.chip", { type: "button", onclick: step(1), "aria-label": t(`多要一份${one.name}`, `One more ${one.name}`) }, "+")) : tag(t("售罄", "Sold out"));
  return h("div.row", one.photo && h("img.thumb", { src: one.photo, alt: "", loading: "lazy" }), h("span.grow", h("b", one.name), h("small", [one.text, few].filter(Boolean).join(" · "))), h("b.sum", `¥${one.price.amount}`), end);
}

async function place(cart, method) {
  const { order } = await wish("PlaceShopOrder", { cart, method });
  if (order.payAt) window.open(order.payAt, "_blank", "noreferrer");
  announce(order.orderState === "PLACED" ? t("请在保留时间内支付", "Please pay while it is held") : t("下单成功", "It is ordered"));
  location.hash = "#/shop-order/" + order.id;
}

export async function shopOrdersScreen() {
  const { shopOrders: found } = await ask("ShopOrders", { first: 50 });
  const rows = found.edges.map(({ node }) => row("/shop-order/" + node.id, node.shop, `${moment(node.madeAt)} · ¥${node.total.amount}`, tag(name("shopOrder", node.orderState), TONES[node.orderState] ?? "")));
  return { title: t("我的订单", "My orders"), body: [card(rows.length ? rows : empty(t("还没有订单。", "No orders yet."))), link("/shops", h("span.button", t("看看附近店铺", "See the shops")))] };
}

export async function shopOrderScreen({ args: [id], again }) {
  const { shopOrder: one } = await ask("ShopOrder", { orderId: id });
  if (!one) return { title: t("没有这笔订单", "No such order"), body: [link("/shop-orders", t("看全部", "See all"))] };
  const lines = one.lines.map((line) => h("div.row", h("span.grow", h("b", line.name), h("small", `¥${line.price.amount} × ${line.count}`))));
  return {
    title: one.shop,
    body: [
      card(h("div.spread", h("p.big", name("shopOrder", one.orderState)), tag(name("fetchWay", one.way))), one.reason && h("p.note", one.reason), handing(one),
        facts([t("单号", "Number"), one.number], one.address && [t("送到", "To"), one.address], fen(one.fee) > 0 && [t("配送费", "Delivery"), `¥${one.fee.amount}`], [t("合计", "Total"), `¥${one.total.amount}`], fen(one.refunded) > 0 && [t("已退", "Went back"), `¥${one.refunded.amount}`], one.note && [t("备注", "Note"), one.note])),
      card(h("h2", t("商品", "Goods")), lines, one.parcelIds.length > 0 && h("p", t(`包裹 ${one.parcelIds.length} 件`, `${one.parcelIds.length} parcels`))),
      card(h("h2", t("进度", "What happened")), facts(...one.steps.map((step) => [moment(step.at), name("shopOrder", step.state)]))),
      ...(DOES[one.orderState]?.(one, again) ?? []),
    ],
  };
}

/** The code is said when the thing is handed over, and not before. */
function handing(one) {
  if (!one.code || !["READY", "DELIVERING"].includes(one.orderState)) return null;
  return h("div", h("p.soft", one.way === "DELIVERY" ? t("收货时报给配送员", "Say it to whoever brings it") : t("取货时报给店家", "Say it at the shop")), h("p.big.count", { "aria-label": t("收货码", "Code for the handing over") }, one.code));
}

const cancelling = (one, again) => surely(t("取消订单", "Cancel"), t("取消后款项原路退回，确定吗？", "What was paid goes back. Sure?"), async () => { await wish("CancelShopOrder", { orderId: one.id }); again(); });
const having = (one, again) => surely(t("我已收到", "I have it"), t("确认已经收到全部商品？", "Do you have all of it?"), async () => { await wish("ConfirmShopOrder", { orderId: one.id }); again(); });
const DOES = { PLACED: paying, PAID: (one, again) => [h("p.soft", t("店家一小时内未接单，款项会自动退回。", "If the shop does not take it up within an hour, the money goes back.")), cancelling(one, again)], READY: (one, again) => [having(one, again)], DELIVERING: (one, again) => [having(one, again)] };

function paying(one, again) {
  const pay = async () => {
    const { order } = await wish("PayShopOrder", { orderId: one.id }, false);
    if (order.payAt) window.open(order.payAt, "_blank", "noreferrer");
  };
  return [h("p.note", t("为您保留 ", "Held for you for "), countdown(one.payUntil, again)), act(t("去支付", "Pay"), pay), act(t("我付好了", "I have paid"), async () => again(), "quiet"), cancelling(one, again)];
}

export async function parcelsScreen() {
  const [{ parcels: found }, homes] = await Promise.all([ask("Parcels", { first: 50 }), lived()]);
  const all = found.edges.map(({ node }) => node), waiting = all.filter((one) => one.parcelState === "WAITING");
  const stations = await Promise.all([...new Set(waiting.map((one) => one.shopId))].map(async (id) => station(id, waiting.filter((one) => one.shopId === id), homes)));
  const others = all.filter((one) => one.parcelState !== "WAITING").map((one) => {
    const end = tag(name("parcelState", one.parcelState), one.parcelState === "ORDERED" ? "gold" : "");
    return row(one.orderId ? "/shop-order/" + one.orderId : "/parcels", one.label, `${one.shop} · ${day(one.announcedAt)}`, end);
  });
  return { title: t("我的包裹", "My parcels"), body: [...stations, stations.length === 0 && card(empty(t("驿站没有您的包裹。", "No parcel waits for you."))), others.length > 0 && card(h("h2", t("其他", "Others")), others)] };
}

/** What waits at one station: fetched with its code, or chosen to be brought. */
async function station(shopId, waiting, homes) {
  const { shopMenu: menu } = await ask("ShopMenu", { shopId });
  const chosen = new Map(waiting.map((one) => [one.id, h("input", { type: "checkbox", checked: true })]));
  const near = menu ? homes.filter((one) => menu.shop.estateIds.includes(one.estateId)) : [];
  const where = h("select", options(near, homeName)), method = h("select", options(MEANS, (one) => name("payMethod", one)));
  const rows = waiting.map((one) => h("label.row", chosen.get(one.id), h("span.grow", h("b", one.label), h("small", t(`${day(one.keepUntil)}前取`, `until ${day(one.keepUntil)}`))), h("span", h("small", t("取件码 ", "Code ")), h("b.count", one.code))));
  const bring = async () => {
    const parcelIds = [...chosen].filter(([, box]) => box.checked).map(([id]) => id);
    await place({ shopId, lines: [], way: "DELIVERY", total: money(fen(menu.shop.deliveryFee)), residencyId: where.value, parcelIds }, fen(menu.shop.deliveryFee) ? method.value : null);
  };
  const fee = menu && yuan(fen(menu.shop.deliveryFee));
  const open = menu?.selling && near.length > 0;
  return card(h("h2", menu?.shop.name ?? waiting[0].shop), rows, open ? [entry(t("送到", "Bring them to"), where), fen(menu.shop.deliveryFee) > 0 && entry(t("用什么付", "Paid from"), method), act(t(`送货上门（${fee}）`, `Bring them to my door (${fee})`), bring)] : h("p.soft", menu && !menu.selling ? t(`营业时间 ${hours(menu.shop.hours)} 可下单送货`, `Delivery can be ordered ${hours(menu.shop.hours)}`) : t("请凭取件码到驿站领取。", "Please fetch it with its code.")));
}
