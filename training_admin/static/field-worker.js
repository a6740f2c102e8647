// Keeps the page of the on-site form and what it is drawn with, so that it opens without a network. It keeps no answers of the server.
(function () {
  "use strict";

  var KEPT = "field-1";
  var PAGE = "/field/today";

  self.addEventListener("install", function () { self.skipWaiting(); });

  self.addEventListener("activate", function (event) {
    event.waitUntil(caches.keys().then(function (names) {
      return Promise.all(names.filter(function (name) { return name.indexOf("field-") === 0 && name !== KEPT; })
        .map(function (name) { return caches.delete(name); }));
    }).then(function () { return self.clients.claim(); }));
  });

  function kept(request) {
    return caches.open(KEPT).then(function (cache) { return cache.match(request); });
  }

  // The page from the network where there is one, so that it is fresh; as it was kept otherwise. A sign-in page is never kept.
  function fresh(request) {
    return fetch(request).then(function (answer) {
      if (answer.ok && !answer.redirected) {
        var copy = answer.clone();
        caches.open(KEPT).then(function (cache) { cache.put(PAGE, copy); });
      }
      return answer;
    }).catch(function () {
      return kept(PAGE).then(function (found) { return found || Response.error(); });
    });
  }

  self.addEventListener("fetch", function (event) {
    var url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== self.location.origin) { return; }
    if (url.pathname + url.search === PAGE) { event.respondWith(fresh(event.request)); return; }
    if (url.pathname.indexOf("/static/") === 0) {
      event.respondWith(kept(event.request).then(function (found) { return found || fetch(event.request); }));
    }
  });
})();
