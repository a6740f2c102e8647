// The on-site form: filled in without a network, kept in the phone's own store, sent later, removed once it has arrived.
(function () {
  "use strict";

  var KEPT = "field-1";
  var LARGEST = Number(document.body.dataset.largest);
  var MOST_PHOTOS = Number(document.body.dataset.mostPhotos);
  var BOXES = ["teacher_fits", "plan_fits", "textbooks", "order_kept", "safe"];
  var open = null;
  var busy = false;
  var tries = 0;

  function part(id) { return document.getElementById(id); }

  function made(tag, words, name) {
    var element = document.createElement(tag);
    if (words) { element.textContent = words; }
    if (name) { element.className = name; }
    return element;
  }

  function say(words, bad) {
    var place = part("said");
    place.textContent = words;
    place.className = "note " + (bad ? "note-bad" : "note-look");
    place.hidden = !words;
  }

  // ---- the phone's own store: classes of the day, drafts, photos ----

  var store = new Promise(function (resolve, reject) {
    var asked = indexedDB.open("field", 1);
    asked.onupgradeneeded = function () {
      asked.result.createObjectStore("classes", { keyPath: "class_no" });
      asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.result.createObjectStore("photos", { keyPath: "id" }).createIndex("key", "key");
    };
    asked.onsuccess = function () { resolve(asked.result); };
    asked.onerror = function () { reject(asked.error); };
  });

  function within(names, mode, work) {
    return store.then(function (database) {
      return new Promise(function (resolve, reject) {
        var transaction = database.transaction(names, mode), result;
        transaction.oncomplete = function () { resolve(result && "result" in result ? result.result : undefined); };
        transaction.onerror = transaction.onabort = function () { reject(transaction.error); };
        result = work(transaction);
      });
    });
  }

  function all(name) { return within([name], "readonly", function (t) { return t.objectStore(name).getAll(); }); }
  function put(name, value) { return within([name], "readwrite", function (t) { return t.objectStore(name).put(value); }); }
  function photosOf(key) { return within(["photos"], "readonly", function (t) { return t.objectStore("photos").index("key").getAll(key); }); }

  function forget(draft) {
    return within(["drafts", "photos", "classes"], "readwrite", function (t) {
      t.objectStore("drafts").delete(draft.key);
      t.objectStore("classes").delete(draft.class_no);
      t.objectStore("photos").index("key").getAllKeys(draft.key).onsuccess = function (event) {
        event.target.result.forEach(function (id) { t.objectStore("photos").delete(id); });
      };
    });
  }

  // ---- days and digests ----

  function two(number) { return (number < 10 ? "0" : "") + number; }
  function today() { var now = new Date(); return now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate()); }
  function clock(minutes) { return two(Math.floor(minutes / 60)) + ":" + two(minutes % 60); }

  function digest(buffer) {
    return crypto.subtle.digest("SHA-256", buffer).then(function (bytes) {
      return Array.from(new Uint8Array(bytes), function (each) { return each.toString(16).padStart(2, "0"); }).join("");
    });
  }

  // A photo above the limit is made smaller before it is hashed; all others stay byte for byte as they were taken.
  function smaller(file) {
    if (file.size <= LARGEST) { return Promise.resolve(file); }
    return createImageBitmap(file).then(function (picture) {
      var scale = Math.min(1, 2400 / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) { canvas.toBlob(resolve, "image/jpeg", 0.85); });
    });
  }

  // ---- lists ----

  function show() {
    return Promise.all([all("classes"), all("drafts")]).then(function (found) {
      var list = part("classes"), waiting = part("waiting"), taken = {};
      list.replaceChildren();
      waiting.replaceChildren();
      found[1].forEach(function (draft) { taken[draft.class_no] = true; waiting.append(draftRow(draft)); });
      found[0].forEach(function (one) { list.append(classRow(one, taken[one.class_no])); });
      part("no-classes").hidden = found[0].length > 0;
      part("no-waiting").hidden = found[1].length > 0;
      part("sync").disabled = busy || !found[1].some(function (draft) { return draft.state === "ready"; });
    });
  }

  function classRow(one, taken) {
    var row = made("li", "", "field-row"), words = made("div");
    words.append(made("b", one.class_no), made("div", one.title + "　" + one.organisation_name, "small"));
    one.sessions.forEach(function (each) {
      var what = [clock(each.starts) + "—" + clock(each.ends), each.topic, each.room, each.teacher].filter(Boolean).join("　");
      words.append(made("div", what, "small soft"));
    });
    var button = made("button", taken ? "已有检查表" : "开始检查", "btn btn-main");
    button.type = "button";
    button.disabled = Boolean(taken);
    button.addEventListener("click", function () { begin(one); });
    row.append(words, button);
    return row;
  }

  function draftRow(draft) {
    var words = { draft: "填写中", ready: "待同步", conflict: "当日已有他人登记" };
    var row = made("li", "", "field-row"), text = made("div");
    text.append(made("b", draft.class_no), made("div", words[draft.state] + "，照片 " + draft.photos.length + " 张", "small"));
    if (draft.said) { text.append(made("div", draft.said, "small field-bad")); }
    row.append(text);
    var buttons = made("div", "", "actions");
    function add(label, act, name) {
      var button = made("button", label, "btn " + (name || "btn-quiet"));
      button.type = "button";
      button.addEventListener("click", act);
      buttons.append(button);
    }
    if (draft.state === "conflict") {
      add("作为另一次检查提交", function () { draft.another = true; draft.state = "ready"; draft.said = ""; put("drafts", draft).then(sync); });
    } else if (!draft.sent) {
      add("继续填写", function () { edit(draft); });
    }
    if (!draft.sent) {
      add("放弃", function () { if (window.confirm("放弃后，本机上这份检查表和照片即删除，不能恢复。确定放弃？")) { forget(draft).then(refresh); } });
    }
    row.append(buttons);
    return row;
  }

  // ---- one form ----

  function begin(one) {
    var now = new Date();
    edit({
      key: crypto.randomUUID(), plan: one.plan, class_no: one.class_no, opened_at: now.toISOString(), day: today(),
      starts: now.getHours() * 60 + now.getMinutes(), inspectors: one.inspectors.join("、"), expected: String(one.expected), present: "",
      passed: "", words: "", photos: [], state: "draft", said: "", another: false
    });
  }

  function edit(draft) {
    open = draft;
    var form = part("form");
    part("form-class").textContent = draft.class_no;
    ["day", "inspectors", "expected", "present", "passed", "words"].forEach(function (name) { form.elements[name].value = draft[name]; });
    form.elements.time.value = clock(draft.starts);
    BOXES.forEach(function (name) { form.elements[name].checked = Boolean(draft[name]); });
    form.elements.photos.value = "";
    showPhotos();
    part("lists").hidden = true;
    form.hidden = false;
    say("");
    keep();
    window.scrollTo(0, 0);
  }

  function showPhotos() {
    var list = part("photos-taken");
    list.replaceChildren();
    open.photos.forEach(function (each) {
      var row = made("li", "", "field-row small"), button = made("button", "删除", "btn btn-quiet");
      row.append(made("span", "照片（" + Math.ceil(each.size / 1024) + " KB）校验值 " + each.sha256.slice(0, 16) + "… "));
      button.type = "button";
      button.addEventListener("click", function () { drop(each); });
      row.append(button);
      list.append(row);
    });
  }

  function drop(photo) {
    open.photos = open.photos.filter(function (each) { return each.sha256 !== photo.sha256; });
    within(["photos"], "readwrite", function (t) { return t.objectStore("photos").delete(open.key + photo.sha256); }).then(keep).then(showPhotos);
  }

  function take() {
    var form = part("form");
    ["day", "inspectors", "expected", "present", "passed", "words"].forEach(function (name) { open[name] = form.elements[name].value.trim(); });
    var time = form.elements.time.value.split(":");
    open.starts = Number(time[0]) * 60 + Number(time[1]);
    BOXES.forEach(function (name) { open[name] = form.elements[name].checked; });
  }

  function keep() { return open ? put("drafts", open).catch(function () { say("手机存储空间不足，内容没有保存。请清理后重试。", true); }) : Promise.resolve(); }

  function addPhotos(files) {
    return Array.from(files).reduce(function (before, file) {
      return before.then(function () {
        if (open.photos.length >= MOST_PHOTOS) { throw new Error("照片至多 " + MOST_PHOTOS + " 张。"); }
        return smaller(file).then(function (small) {
          return small.arrayBuffer().then(function (buffer) {
            return digest(buffer).then(function (sha256) {
              if (open.photos.some(function (each) { return each.sha256 === sha256; })) { return undefined; }
              open.photos.push({ sha256: sha256, size: buffer.byteLength, taken_at: new Date(file.lastModified || Date.now()).toISOString() });
              return put("photos", { id: open.key + sha256, key: open.key, sha256: sha256, type: small.type, content: buffer });
            });
          });
        });
      });
    }, Promise.resolve()).then(keep).then(showPhotos).catch(function (error) { say("照片没有保存：" + error.message, true); });
  }

  function faults() {
    var names = open.inspectors.split(/[、，,]/).filter(function (each) { return each.trim(); }), found = [];
    if (names.length < 2) { found.push("检查人不少于 2 人"); }
    if (!/^\d{1,5}$/.test(open.expected) || !/^\d{1,5}$/.test(open.present)) { found.push("请填写应到和实到人数"); }
    else if (Number(open.present) > Number(open.expected)) { found.push("实到人数不能多于应到人数"); }
    if (!open.day || Number.isNaN(open.starts)) { found.push("请填写检查日期和时间"); }
    if (!open.passed) { found.push("请选择结论"); }
    if (open.passed === "no" && !open.words) { found.push("不合格的请写明意见"); }
    return found;
  }

  function leave() {
    part("form").hidden = true;
    part("lists").hidden = false;
    open = null;
    return show();
  }

  // ---- sending ----

  function tokenNow() {
    // With a question mark the address is not the kept page: what is asked here must come from the server.
    return fetch("/field/today?fresh", { cache: "no-store" }).then(function (answer) {
      if (!answer.ok || answer.redirected) { throw new Error("登录已失效，请重新登录后再同步；本机的检查表仍然保留。"); }
      return answer.text();
    }).then(function (text) {
      var field = new DOMParser().parseFromString(text, "text/html").querySelector("input[name=_csrf_token]");
      return field ? field.value : "";
    });
  }

  function sent(address, options) {
    return fetch(address, options).then(function (answer) {
      var type = answer.headers.get("content-type") || "";
      if (type.indexOf("json") < 0) { throw new Error("没有同步成功（" + answer.status + "），请重新登录后再试；本机的检查表仍然保留。"); }
      return answer.json().then(function (told) { return { ok: answer.ok, told: told }; });
    });
  }

  function bodyOf(draft) {
    var body = {
      key: draft.key, plan: draft.plan, class_no: draft.class_no, opened_at: draft.opened_at, day: draft.day, starts: draft.starts,
      inspectors: draft.inspectors.split(/[、，,]/).map(function (each) { return each.trim(); }).filter(Boolean),
      expected: Number(draft.expected), present: Number(draft.present), passed: draft.passed === "yes", words: draft.words,
      photos: draft.photos, another: draft.another
    };
    BOXES.forEach(function (name) { body[name] = Boolean(draft[name]); });
    return JSON.stringify(body);
  }

  function sendPhotos(draft, token, wanted) {
    return photosOf(draft.key).then(function (photos) {
      return photos.filter(function (each) { return wanted.indexOf(each.sha256) >= 0; }).reduce(function (before, each) {
        return before.then(function () {
          var form = new FormData();
          form.append("key", draft.key);
          form.append("file", new Blob([each.content], { type: each.type }), "photo");
          return sent("/field/photos", { method: "POST", headers: { "x-csrftoken": token }, body: form }).then(function (answer) {
            if (!answer.ok) { throw new Error(answer.told.detail); }
          });
        });
      }, Promise.resolve());
    });
  }

  function sendOne(draft, token) {
    var headers = { "content-type": "application/json", "x-csrftoken": token };
    return sent("/field/visits", { method: "POST", headers: headers, body: bodyOf(draft) }).then(function (answer) {
      if (!answer.ok) {
        draft.state = answer.told.code === "visit-entered-before" ? "conflict" : "draft";
        draft.said = answer.told.detail || answer.told.title;
        return put("drafts", draft).then(function () { return ""; });
      }
      draft.sent = true;
      return put("drafts", draft).then(function () { return sendPhotos(draft, token, answer.told.wanted); })
        .then(function () { return forget(draft); })
        .then(function () { return draft.class_no + (answer.told.late ? "（逾期录入）" : ""); });
    });
  }

  function sync() {
    if (busy) { return Promise.resolve(); }
    busy = true;
    var done = [];
    say("正在同步……");
    return show().then(tokenNow).then(function (token) {
      return all("drafts").then(function (drafts) {
        return drafts.filter(function (each) { return each.state === "ready"; }).reduce(function (before, each) {
          return before.then(function () { return sendOne(each, token); }).then(function (name) { if (name) { done.push(name); } });
        }, Promise.resolve());
      });
    }).then(function () {
      say(done.length ? "已同步：" + done.join("、") + "。本机的记录和照片已删除。" : "没有同步成功的检查表，请看各表的说明。", !done.length);
    }).catch(function (error) {
      var words = error instanceof TypeError ? "没有网络，检查表和照片保留在本机，有网络时再同步。" : error.message;
      say((done.length ? "已同步：" + done.join("、") + "。" : "") + words, true);
      // A phone says that it is online a moment before it is.
      if (error instanceof TypeError && navigator.onLine && tries < 3) { tries += 1; setTimeout(sync, 2000 * tries); }
    }).then(function () { busy = false; return show(); });
  }

  // ---- beginning ----

  function refresh() {
    return fetch("/field/classes.json?day=" + today()).then(function (answer) {
      if (!answer.ok || answer.redirected) { return undefined; }
      return answer.json().then(function (told) {
        return within(["classes"], "readwrite", function (t) {
          t.objectStore("classes").clear();
          told.classes.forEach(function (each) { t.objectStore("classes").put(each); });
        });
      });
    }).catch(function () { return undefined; }).then(show);
  }

  function keepPage() {
    if (!("serviceWorker" in navigator)) { say("这个浏览器不能离线使用，请在有网络时填写。", true); return Promise.resolve(); }
    var files = Array.from(document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]"), function (each) { return each.href || each.src; });
    return navigator.serviceWorker.register("/field/worker.js", { scope: "/field/" })
      .then(function () { return caches.open(KEPT); })
      .then(function (cache) { return cache.addAll(["/field/today"].concat(files)); })
      .then(function () { return navigator.serviceWorker.ready; })
      .then(function () { document.body.dataset.offline = "ready"; part("offline").textContent = "本页已可离线使用。"; })
      .catch(function () { part("offline").textContent = navigator.onLine ? "本页还不能离线使用，请刷新后再试。" : "现在没有网络，可以继续填写。"; });
  }

  part("form").addEventListener("input", function (event) { if (open && event.target.name !== "photos") { take(); keep(); } });
  part("form").elements.photos.addEventListener("change", function (event) { take(); addPhotos(event.target.files); });
  part("form").addEventListener("submit", function (event) {
    event.preventDefault();
    take();
    var found = faults();
    if (found.length) { say(found.join("；") + "。", true); window.scrollTo(0, 0); return; }
    open.state = "ready";
    open.said = "";
    keep().then(leave).then(function () { say("已保存在本机，待同步。"); if (navigator.onLine) { sync(); } });
  });
  part("later").addEventListener("click", function () { take(); open.state = "draft"; keep().then(leave); });
  part("sync").addEventListener("click", function () { tries = 0; sync(); });
  window.addEventListener("online", function () { tries = 0; if (!open) { sync(); } });
  part("needs-script").hidden = true;
  part("lists").hidden = false;
  refresh().then(keepPage);
})();
