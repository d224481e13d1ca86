// Hands the result of a login to the window of the editor, and to no other origin.
(() => {
  "use strict";
  const page = document.getElementById("login");
  const { origin, hello, answer } = page.dataset;
  page.removeAttribute("data-answer");
  const editor = window.opener;
  if (!editor) return;
  window.addEventListener("message", (event) => {
    if (event.origin === origin && event.source === editor && event.data === hello) editor.postMessage(answer, origin);
  });
  editor.postMessage(hello, origin);
})();
