// A visit is kept on the device before it is sent, and forgotten there only when it is known to be recorded. Sent twice, it
// is one visit: it carries a key. Without this script the form is sent as any other.
const told = document.querySelector("[data-offline]");
const form = told.parentElement.querySelector("form");
const { person } = told.dataset;
const PREFIX = `visit:${person}:`;
const WAIT_MS = 20000;

const say = (words) => {
  told.textContent = words;
  told.hidden = !words;
};
const waiting = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;

const send = async (key) => {
  const { url, fields } = JSON.parse(localStorage.getItem(key));
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.set("csrfmiddlewaretoken", token());
  // told where to go and not sent there: the page that says "recorded" is then the one that is seen
  const headers = { "X-Kept": "1" };
  const answer = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(WAIT_MS) });
  if (answer.ok && answer.headers.get("Content-Type") === "application/json") {
    localStorage.removeItem(key);
    return (await answer.json()).to;
  }
  return answer.status === 422 ? "refused" : "";
};

const sendAll = async () => {
  for (const key of waiting()) {
    try {
      const answer = await send(key);
      if (answer === "refused") say("A visit that is kept on this device was refused. Open that child's page to complete it.");
      else if (answer) say("A visit that was kept on this device is recorded now.");
    } catch {
      say(`${waiting().length} visit kept on this device, to be sent when there is a connection.`);
      return;
    }
  }
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const key = PREFIX + form.elements.sent_key.value;
  localStorage.setItem(key, JSON.stringify({ url: location.href, fields }));
  try {
    const answer = await send(key);
    if (answer === "refused") {
      localStorage.removeItem(key);
      form.submit(); // the page comes back with what is wrong, and all that was written
    } else if (answer) location.assign(answer);
    else throw new Error("not recorded");
  } catch {
    say("Kept on this device: there is no connection, or the service is not answering. It is sent as soon as there is; you can close the page.");
    told.scrollIntoView();
  }
});

window.addEventListener("online", sendAll);
sendAll();
navigator.serviceWorker?.register("/visits/offline.js", { scope: "/visits/" });
