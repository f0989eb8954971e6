"""What the doctor says, by finding: what is the matter, why it matters, what to do. In Chinese and in English."""

from __future__ import annotations

from typing import NamedTuple

# ruff: noqa: E501 (sentences are not broken)


class Text(NamedTuple):
    what: str
    why: str = ""
    do: str = ""


CHINESE: dict[str, Text] = {
    "python_fits": Text("Python {version}"),
    "python_old": Text(
        "Python {version} 太旧",
        "Rong 需要 Python 3.11 或更新版本。",
        "安装 python3.11（Debian：apt install python3.11 python3.11-venv；macOS：brew install python@3.11），删除 .venv 后再运行 make run。",
    ),
    "var_writable": Text("可以写入 {path}"),
    "var_closed": Text(
        "无法写入 {path}",
        "笔记本上的数据库和密钥保存在这里（{reason}）。",
        "把目录交还给当前用户：sudo chown -R $(id -un) {path}",
    ),
    "engine_found": Text("内置数据库可用：{engines}"),
    "engine_missing": Text(
        "没有可用的内置数据库",
        "没有给出 RONG_MONGODB_URI，本机也找不到 mongod、wheel 自带的 mongod 或 SecantusDB。",
        "重新安装依赖（删除 .venv 后运行 make run），或安装 mongod，或设置 RONG_MONGODB_URI。",
    ),
    "wheel_broken": Text(
        "依赖包自带的 mongod 在本机无法运行",
        "{reason} 现在改用 SecantusDB，只适合少量数据。",
        "在 Debian 上：apt install libcurl4 libssl3；或安装 mongod。",
    ),
    "font_found": Text("中文字体可用"),
    "font_missing": Text(
        "找不到中文字体",
        "市民卡卡面上的中文无法绘制。",
        "重新安装依赖：pip install --require-hashes -r requirements.lock",
    ),
    "port_free": Text("端口 {port} 空闲"),
    "port_taken": Text(
        "端口 {port} 已被占用",
        "占用者：{holder}。",
        "停止该进程；如果它就是正在运行的 Rong，则无需处理。",
    ),
    "nobody_known": Text("未知进程"),
    "settings_complete": Text("所有必需的设置都已给出"),
    "setting_missing": Text("缺少设置 {name}", "没有它 Rong 不会启动。", "{do}"),
    "setting_malformed": Text("设置 {name} 的格式不对", "{reason}", "按 docs/operations.md 的设置表改正。"),
    "secrets_well_formed": Text("密钥格式正确"),
    "data_keys_malformed": Text(
        "RONG_DATA_KEYS 的格式不对",
        "应为“名称:base64”，逗号分隔，名称不重复，每个密钥解码后 32 字节。",
        "用 rong secrets 生成新的；已有数据时，旧密钥必须保留在列表中。",
    ),
    "lookup_key_malformed": Text(
        "RONG_LOOKUP_KEY 的格式不对",
        "应为 base64，解码后 32 字节。",
        "用 rong secrets 生成；已有数据时必须用回原来的那个。",
    ),
    "fcm_found": Text("FCM 服务账号文件可读"),
    "fcm_missing": Text(
        "FCM 服务账号文件不可用：{path}",
        "没有它就无法向手机推送（{reason}）。",
        "在 Firebase 控制台下载服务账号 JSON，让 RONG_FCM_CREDENTIALS 指向它，并允许运行用户读取。",
    ),
    "database_fits": Text("数据库可用：MongoDB {version}，副本集 {set}"),
    "database_unreachable": Text(
        "连不上数据库（{hosts}）",
        "{reason}",
        "检查 RONG_MONGODB_URI、网络、防火墙和用户名密码；确认 mongod 正在运行。",
    ),
    "database_standalone": Text(
        "数据库不是副本集",
        "Rong 需要事务和变更流，它们只存在于副本集中。",
        "用 --replSet rong 启动 mongod，再在 mongosh 中执行 rs.initiate()。",
    ),
    "database_other_set": Text(
        "副本集名称不符",
        "服务器属于 {set}，而 RONG_MONGODB_URI 要求 {wanted}。",
        "改正 RONG_MONGODB_URI 中的 replicaSet。",
    ),
    "database_without_primary": Text(
        "副本集没有主节点",
        "{hosts} 有应答，但没有节点接受写入。",
        "用 rs.status() 查看；多数节点必须在线并互相可达。",
    ),
    "database_old": Text(
        "MongoDB {version} 太旧", "这里需要 {oldest} 或更新版本。", "升级 MongoDB；生产环境请用 8.0。"
    ),
    "clock_agrees": Text("时钟与数据库一致"),
    "clock_skewed": Text(
        "本机时钟与数据库相差 {seconds} 秒",
        "一次性码只有效一分钟，时钟不一致会让好码被拒、过期码通过。",
        "两边都启用时间同步：timedatectl set-ntp true",
    ),
}

ENGLISH: dict[str, Text] = {
    "python_fits": Text("Python {version}"),
    "python_old": Text(
        "Python {version} is too old",
        "Rong needs Python 3.11 or later.",
        "Install python3.11 (Debian: apt install python3.11 python3.11-venv; macOS: brew install python@3.11), remove .venv and run make run.",
    ),
    "var_writable": Text("{path} can be written"),
    "var_closed": Text(
        "{path} cannot be written",
        "A laptop keeps its database and its secrets there ({reason}).",
        "Give the directory back to this user: sudo chown -R $(id -un) {path}",
    ),
    "engine_found": Text("embedded database: {engines}"),
    "engine_missing": Text(
        "no embedded database can be started",
        "RONG_MONGODB_URI is not given, and neither mongod, nor the wheel's mongod, nor SecantusDB is here.",
        "Install the dependencies again (remove .venv, run make run), or install mongod, or set RONG_MONGODB_URI.",
    ),
    "wheel_broken": Text(
        "the mongod that came with the dependencies does not run here",
        "{reason} SecantusDB is used instead; it is for small data only.",
        "On Debian: apt install libcurl4 libssl3; or install mongod.",
    ),
    "font_found": Text("the Chinese font is there"),
    "font_missing": Text(
        "the Chinese font is missing",
        "The face of the citizen card cannot be drawn.",
        "Install the dependencies again: pip install --require-hashes -r requirements.lock",
    ),
    "port_free": Text("port {port} is free"),
    "port_taken": Text(
        "port {port} is taken",
        "By {holder}.",
        "Stop that process; if it is this Rong, already running, all is well.",
    ),
    "nobody_known": Text("a process that cannot be seen"),
    "settings_complete": Text("every required setting is given"),
    "setting_missing": Text("the setting {name} is missing", "Rong does not start without it.", "{do}"),
    "setting_malformed": Text(
        "the setting {name} has the wrong form",
        "{reason}",
        "Correct it by the table of settings in docs/operations.md.",
    ),
    "secrets_well_formed": Text("the secrets are well formed"),
    "data_keys_malformed": Text(
        "RONG_DATA_KEYS has the wrong form",
        "It is `name:base64`, comma-separated, each name once, each key 32 bytes when decoded.",
        "Make new ones with rong secrets; where data exist, the old keys must stay in the list.",
    ),
    "lookup_key_malformed": Text(
        "RONG_LOOKUP_KEY has the wrong form",
        "It is base64 of 32 bytes.",
        "Make one with rong secrets; where data exist, it must be the one they were written with.",
    ),
    "fcm_found": Text("the FCM service account can be read"),
    "fcm_missing": Text(
        "the FCM service account cannot be used: {path}",
        "Without it nothing is pushed to phones ({reason}).",
        "Download the service account's JSON from the Firebase console, point RONG_FCM_CREDENTIALS at it and let this user read it.",
    ),
    "database_fits": Text("database: MongoDB {version}, replica set {set}"),
    "database_unreachable": Text(
        "the database cannot be reached ({hosts})",
        "{reason}",
        "Check RONG_MONGODB_URI, network, firewall, user and password; see that mongod runs.",
    ),
    "database_standalone": Text(
        "the database is not a replica set",
        "Rong needs transactions and change streams, which only a replica set has.",
        "Start mongod with --replSet rong and run rs.initiate() in mongosh.",
    ),
    "database_other_set": Text(
        "the replica set has another name",
        "The server belongs to {set}; RONG_MONGODB_URI asks for {wanted}.",
        "Correct replicaSet in RONG_MONGODB_URI.",
    ),
    "database_without_primary": Text(
        "the replica set has no primary",
        "{hosts} answers, but no node takes writes.",
        "Look at rs.status(); a majority of the nodes must be up and reach each other.",
    ),
    "database_old": Text(
        "MongoDB {version} is too old", "Here it must be {oldest} or later.", "Upgrade MongoDB; a city takes 8.0."
    ),
    "clock_agrees": Text("the clock agrees with the database's"),
    "clock_skewed": Text(
        "this clock and the database's are {seconds} s apart",
        "One-use codes live a minute: with clocks apart, good ones are refused and expired ones pass.",
        "Turn on time synchronisation on both sides: timedatectl set-ntp true",
    ),
}

WHERE_FROM: dict[str, tuple[str, str]] = {
    "RONG_MONGODB_URI": (
        "给出副本集的地址：mongodb://主机1,主机2,主机3/?replicaSet=rong",
        "Give the replica set's address: mongodb://host1,host2,host3/?replicaSet=rong",
    ),
    "RONG_DATA_KEYS": ("用 rong secrets 生成，妥善保管。", "Make it with rong secrets and keep it safe."),
    "RONG_LOOKUP_KEY": ("用 rong secrets 生成，妥善保管。", "Make it with rong secrets and keep it safe."),
    "RONG_SMS_URL": ("填写短信网关的地址。", "Give the address of the SMS gateway."),
    "RONG_SMS_KEY": ("向短信网关运营方索取。", "Ask the operator of the SMS gateway for it."),
    "RONG_REGISTRY_URL": ("填写实名核验服务的地址。", "Give the address of the civil registry's service."),
    "RONG_REGISTRY_KEY": ("向实名核验服务方索取。", "Ask the civil registry's operator for it."),
    "RONG_FCM_CREDENTIALS": (
        "指向 Firebase 服务账号的 JSON 文件。",
        "Point it at the JSON file of the Firebase service account.",
    ),
}
ELSEWHERE = ("见 docs/operations.md 的设置表。", "See the table of settings in docs/operations.md.")
