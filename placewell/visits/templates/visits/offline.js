// Keeps the pages on which a visit is recorded, so that they open without a connection. What was written is kept by the page.
const PAGES = "visit-pages-1";
const RECORD = /\/visits\/children\/[0-9a-f-]{36}\/record\/$/;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const fresh = async (request) => {
  const answer = await fetch(request);
  const kept = await caches.open(PAGES);
  // somebody signed out: nothing of theirs stays
  if (answer.redirected && answer.url.includes("/account/")) await caches.delete(PAGES);
  else if (answer.ok) await kept.put(request, answer.clone());
  return answer;
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (RECORD.test(pathname) || pathname.startsWith("/static/")) {
    event.respondWith(fresh(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
