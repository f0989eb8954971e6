// Says that the app did not come, when a file that it begins with cannot be had: none of them could say so.
addEventListener("error", ({ target }) => {
  if (target.tagName !== "SCRIPT") return;
  const chinese = (localStorage.getItem("rong.language") ?? navigator.language).startsWith("zh");
  const said = document.createElement("p");
  said.className = "alarm";
  said.setAttribute("role", "alert");
  said.textContent = chinese ? "应用没有加载出来，请检查网络后再试。" : "The app could not be loaded. Check the network and try again.";
  const again = document.createElement("button");
  again.className = "primary";
  again.textContent = chinese ? "再试一次" : "Try again";
  again.addEventListener("click", () => location.reload());
  const screen = document.getElementById("screen");
  screen.removeAttribute("aria-busy");
  screen.replaceChildren(said, again);
}, true);
