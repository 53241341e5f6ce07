// The way back to the list as it was filtered, and to the calls before and after this one in it.

interface Listed {
  address: string;
  calls: string[];
}

const KEY = "callqa-list";

/** Storage may be closed to a page; the product works without. */
export function recall(store: "localStorage" | "sessionStorage", key: string): string | null {
  try {
    return window[store].getItem(key);
  } catch {
    return null;
  }
}

export function remember(store: "localStorage" | "sessionStorage", key: string, value: string): void {
  try {
    window[store].setItem(key, value);
  } catch {
    // nothing to do: see recall
  }
}

/** On the list: remembers what is shown when a call is opened. */
export function rememberList(): void {
  if (!document.getElementById("results")) return;
  addEventListener("pagehide", () => {
    const links = document.querySelectorAll(".call-link");
    const calls = [...links].map((link) => link.getAttribute("href") ?? "");
    const listed: Listed = { address: location.pathname + location.search, calls };
    remember("sessionStorage", KEY, JSON.stringify(listed));
  });
}

function lastList(): Listed | null {
  const text = recall("sessionStorage", KEY);
  return text ? (JSON.parse(text) as Listed) : null;
}

/** On a call: the links back, and to its neighbours. Returns what the keys do. */
export function showPlace(): { previous: () => void; next: () => void } {
  const listed = lastList();
  for (const back of document.querySelectorAll<HTMLAnchorElement>("[data-back]")) {
    if (listed) back.href = listed.address;
  }
  const bar = document.getElementById("queue");
  const at = listed?.calls.findIndex((call) => new URL(call, location.href).pathname === location.pathname) ?? -1;
  if (!bar || !listed || at < 0) return { previous: () => undefined, next: () => undefined };
  const link = (rel: string, call: string | undefined): HTMLAnchorElement | null => {
    const found = bar.querySelector<HTMLAnchorElement>(`a[rel=${rel}]`);
    if (found && call) found.href = call;
    else if (found) {
      found.setAttribute("role", "link"); // without an address it would be nothing that can have a name
      found.setAttribute("aria-disabled", "true");
    }
    return call ? found : null;
  };
  const previous = link("prev", listed.calls[at - 1]);
  const next = link("next", listed.calls[at + 1]);
  const place = bar.querySelector("span");
  if (place) place.textContent = `${at + 1}/${listed.calls.length}`;
  bar.hidden = false;
  return { previous: () => previous?.click(), next: () => next?.click() };
}
