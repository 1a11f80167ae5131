// A place for editors that write their own styles. In the document they would add a <style>
// element, which the policy for content refuses; in a shadow root they adopt sheets, which it allows.

/** The shadow root of `host`: the one it has, or a new one. */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: "open" });
}
