// For a site with a backend of its own on AWS: the login with GitHub, and media in the repository.
import { createElement } from "react";
import { AbstractAuthProvider, TinaMediaStore } from "tinacms";

const TOKEN = "platform-tina-token";
const HELLO = "authorizing:github";
const MOST_MEDIA_BYTES = 4 * 1024 * 1024;
const MOST_TRIES = 200;

const cancelled = () => Object.assign(new Error("The window was closed."), { name: "AuthenticationCancelledError" });

// What Tina's client asks of TinaCloud, whatever the backend: there is one branch, and it is ready.
const withoutCloud = (address, branch) =>
  Response.json(address.pathname.endsWith("/list_branches") ? [{ name: branch, protected: false }] : { status: "complete" });

// Opens the login in a window of its own; its page hands the token to this origin, and to no other.
const askGitHub = ({ service, login }) =>
  new Promise((resolve, reject) => {
    const query = new URLSearchParams({ provider: "github", site_id: location.hostname, scope: login.scope });
    const popup = window.open(`${service}/auth?${query}`, "platform-login", "width=620,height=720");
    if (!popup) return void reject(new Error("The browser did not open the window of the login. Allow windows for this page."));
    const end = (settle, value) => {
      window.removeEventListener("message", heard);
      clearInterval(watch);
      popup.close();
      settle(value);
    };
    const heard = ({ origin, source, data }) => {
      if (origin !== location.origin || source !== popup || typeof data !== "string") return;
      if (data === HELLO) return void popup.postMessage(HELLO, origin);
      const answer = /^authorization:github:(success|error):(.*)$/s.exec(data);
      if (!answer) return;
      const { token, message } = JSON.parse(answer[2]);
      if (answer[1] === "success") end(resolve, token);
      else end(reject, new Error(message));
    };
    const watch = setInterval(() => popup.closed && end(reject, cancelled()), 500);
    window.addEventListener("message", heard);
  });

const loginScreen = (title, refusal) =>
  function LoginScreen({ handleAuthenticate }) {
    const known = sessionStorage.getItem(TOKEN);
    const button = { padding: "0.6rem 1.2rem", borderRadius: "0.4rem", background: "#1d4ed8", color: "#fff", font: "inherit" };
    return createElement(
      "main",
      { style: { maxWidth: "32rem", margin: "18vh auto 0", padding: "0 1.5rem", fontSize: "1rem" } },
      createElement("h1", { style: { fontSize: "1.5rem", marginBottom: "0.75rem" } }, title),
      createElement(
        "p",
        { style: { marginBottom: "1.25rem" } },
        known ? "The entries are being read." : refusal() || "Log in with a GitHub account that may write to the site's repository. What you save is a commit of yours.",
      ),
      known ? null : createElement("button", { type: "button", style: button, onClick: () => handleAuthenticate() }, "Log in with GitHub"),
    );
  };

export const gitHubLogin = (page) => {
  let screen;
  let refused = "";
  class GitHubLogin extends AbstractAuthProvider {
    // Kept for the tab, not for the browser.
    async getToken() {
      const token = sessionStorage.getItem(TOKEN);
      return token ? { access_token: token } : null;
    }

    // The token goes to the site's own backend, and to nobody else.
    async fetchWithToken(input, init) {
      const address = new URL(input, location.href);
      if (!address.href.startsWith(`${page.service}/`)) return withoutCloud(address, page.config.branch);
      return await super.fetchWithToken(input, init);
    }

    async authenticate() {
      refused = "";
      const token = await askGitHub(page);
      sessionStorage.setItem(TOKEN, token);
      return { access_token: token };
    }

    async logout() {
      sessionStorage.removeItem(TOKEN);
    }

    // Tina may show its own message for a moment only; a refusal stays, beside the button for another account.
    async fail(status, message) {
      if (status === 403) {
        refused = message;
        await this.logout();
      }
      throw new Error(message);
    }

    async getUser() {
      if (!(await this.getToken())) return null;
      const answer = await this.fetchWithToken(`${page.service}/user`);
      const found = await answer.json();
      if (answer.status === 401) {
        await this.logout();
        return null;
      }
      if (!answer.ok) await this.fail(answer.status, found.message);
      return { id: found.login, fullName: found.name, email: found.login };
    }

    // The editor opens when all entries are in the index; with many of them that takes several requests.
    async isAuthorized() {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const answer = await this.fetchWithToken(`${page.service}/ready`);
        if (answer.ok) return true;
        const { code, message } = await answer.json();
        if (code !== "BUSY") await this.fail(answer.status, message);
      }
      return false;
    }

    getLoginStrategy() {
      return "LoginScreen";
    }

    // The same component each time: Tina asks in every render, and a new one would be a new button.
    getLoginScreen() {
      screen ??= loginScreen(document.title, () => refused);
      return screen;
    }
  }
  return new GitHubLogin();
};

export const ownStore = (address, folder) =>
  class extends TinaMediaStore {
    constructor(client) {
      super({ api: { tina: client }, events: client.events });
      this.maxSize = MOST_MEDIA_BYTES;
      this.rename = (from, to) => this.rename_local(from, to);
      // The file itself, not a form: a form is what any page may send.
      this.fetchFunction = (input, init = {}) => {
        const file = init.body instanceof FormData ? init.body.get("file") : null;
        const upload = file && { method: "PUT", body: file, headers: { "Content-Type": "application/octet-stream" } };
        return client.authProvider.fetchWithToken(input, upload || init);
      };
    }

    // Tina's own store knows none but TinaCloud's.
    isUnsupportedSelfHostedRepoMedia() {
      return false;
    }

    setup() {
      super.setup();
      this.isLocal = true;
      this.url = address;
    }

    localMediaFolder() {
      return `/${folder}/`;
    }
  };
