/** How the chat window looks. A string, because a constructed stylesheet works under a strict Content-Security-Policy. */

const LIGHT = /* css */ `
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d2b2a; --soft: #52615f; --line: #d5dbd8; --line-strong: #788683;
  --choice: var(--clinic-chat-link, var(--link, var(--ground))); --mine: var(--ground); --mine-ink: var(--words); --notice: #eef3f0;
  --article: #0b5f58; --evidence: #3d4f9f; --safety: #8a4b08; --clinic: #6a3f78;
  --alarm: #a3180f; --alarm-paper: #fdf0ee; --warn-paper: #fdf5e6; color-scheme: light;`;
const DARK = /* css */ `
  --paper: #131c1b; --card: #1e2a29; --ink: #e9f0ee; --soft: #aebbb8; --line: #33413f; --line-strong: #7d8c89;
  --choice: #8fd8cc; --mine: #1f5f58; --mine-ink: #ffffff; --notice: #1a2625;
  --article: #8fd8cc; --evidence: #b3c0ff; --safety: #f0bd7d; --clinic: #dcb4e8;
  --alarm: #ffb4ab; --alarm-paper: #3a1714; --warn-paper: #33270f; color-scheme: dark;`;

export const PANEL_STYLE = /* css */ `
  .panel { ${LIGHT} }
  .panel.plain { --choice: #0b5f58; }
  @media (prefers-color-scheme: dark) { :host(:not([theme="light"])) .panel { ${DARK} } }
  :host([theme="dark"]) .panel { ${DARK} }

  .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }

  .panel { box-sizing: border-box; position: fixed; inset-block: auto max(var(--clinic-chat-bottom, 16px), env(safe-area-inset-bottom));
    inset-inline: var(--at, auto var(--edge)); width: 400px; max-width: calc(100vw - 32px); height: 680px; max-height: calc(100dvh - 32px); margin: 0; padding: 0; overflow: hidden;
    border: 1px solid var(--line); border-radius: var(--clinic-chat-corner, var(--corner, 20px)); background: var(--paper); color: var(--ink);
    font-size: 16px; line-height: 1.5; box-shadow: 0 18px 60px rgb(8 30 28 / .28); }
  .panel[open] { display: flex; flex-direction: column; }
  .panel::backdrop { background: rgb(8 30 28 / .4); }
  .panel *, .panel *::before { box-sizing: border-box; }
  .panel p, .panel h2, .panel ul, .panel ol, .panel dl, .panel dd { margin: 0; }
  .panel button, .panel textarea { font: inherit; color: inherit; }
  .panel button { cursor: pointer; }
  .panel a { color: var(--choice); text-underline-offset: 3px; }
  .panel :focus-visible { outline: 3px solid var(--choice); outline-offset: 2px; }

  .head { display: flex; align-items: center; gap: 4px; padding-block: 12px; padding-inline: 20px 10px; background: var(--ground); color: var(--words); }
  .names { flex: 1; min-width: 0; }
  .names h2 { font-size: 17px; font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; }
  .names p { font-size: 13px; line-height: 1.4; }
  .panel .head > * > :focus-visible, .panel .head > :focus-visible { outline-color: var(--words); outline-offset: -3px; border-radius: 8px; }
  .round { display: grid; place-items: center; width: 44px; height: 44px; flex: none; padding: 0; border: 0; border-radius: 22px; background: none; }
  .head .round:hover { background: rgb(128 128 128 / .35); }
  .more > .round .icon { stroke-width: 3.5; }
  .sample { color: var(--choice); background: var(--notice); }

  .more { position: relative; }
  .more ul { position: absolute; z-index: 1; inset-block-start: 100%; inset-inline-end: 0; width: max-content; max-width: 80vw; padding: 6px; list-style: none;
    border: 1px solid var(--line-strong); border-radius: 14px; background: var(--card); color: var(--ink); box-shadow: 0 8px 30px rgb(8 30 28 / .3); }
  .more li button { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 44px; padding: 6px 14px; border: 0; border-radius: 10px; background: none; text-align: start; }
  .more li button:hover { background: var(--notice); }

  .log { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; margin: 0; padding: 16px; list-style: none;
    display: flex; flex-direction: column; gap: 14px; scrollbar-width: thin; position: relative; }
  .panel .log:focus-visible { outline-offset: -3px; }
  .turn { display: flex; flex-direction: column; gap: 8px; align-items: flex-start; }
  .offer { display: flex; flex-direction: column; gap: 8px; align-items: flex-start; width: 100%; }
  .bubble { max-width: min(92%, 34em); padding: 10px 14px; border: 1px solid var(--line); border-radius: 16px; border-start-start-radius: 6px; background: var(--card); overflow-wrap: anywhere; }
  .bubble > * + *, .bubble.emergency > div > * + * { margin-top: 8px; }
  .bubble ul, .bubble ol:not(.log) { padding-inline-start: 20px; }
  .bubble ul { list-style: disc; }
  .bubble li + li { margin-top: 4px; }
  .visitor { align-items: flex-end; outline: none; }
  .visitor .bubble { border-color: transparent; border-radius: 16px; border-start-end-radius: 6px; background: var(--mine); color: var(--mine-ink); white-space: pre-wrap; }
  .visitor.unsent .bubble { border: 2px dashed var(--line-strong); background: none; color: var(--ink); }

  .kind { display: flex; align-items: center; gap: 7px; font-size: 13px; font-weight: 650; line-height: 1.4; }
  .kind::before { content: ""; width: 8px; height: 8px; border-radius: 4px; background: currentColor; forced-color-adjust: none; }
  .bubble .kind + * { margin-top: 3px; }
  .kind-article .kind { color: var(--article); }
  .kind-evidence .kind { color: var(--evidence); }
  .kind-safety .kind { color: var(--safety); }
  .kind-clinic .kind { color: var(--clinic); }

  .notice { display: flex; gap: 10px; padding: 12px 14px; border-radius: 14px; background: var(--notice); font-size: 14px; line-height: 1.45; }
  .notice > div > * + * { margin-top: 6px; }
  .notice .icon { margin-top: 1px; color: var(--choice); }
  .notice a, .hint a { display: inline-flex; align-items: center; min-height: 24px; }
  .notice .urgent { font-weight: 650; }
  .introduction { gap: 12px; }

  .choices { display: flex; flex-wrap: wrap; gap: 8px; max-width: 100%; }
  .choice { min-height: 44px; padding: 8px 16px; border: 1.5px solid var(--choice); border-radius: 22px; background: var(--card); text-align: start; font-weight: 550; line-height: 1.3; overflow-wrap: anywhere; }
  .panel .choice { color: var(--choice); }
  .choice:hover:not(:disabled) { background: var(--notice); }
  .panel .choice:disabled { border-color: var(--line); background: none; color: var(--soft); cursor: default; }
  .openings { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); width: 100%; }
  .summary { display: grid; gap: 6px; }
  .bubble.summary > * + * { margin-top: 0; }
  .summary dt { font-size: 13px; color: var(--soft); }
  .summary dd { font-weight: 600; }

  .actions { display: flex; flex-wrap: wrap; gap: 8px; }
  .panel .action { display: inline-flex; align-items: center; min-height: 44px; padding: 8px 18px; border-radius: 22px; background: var(--alarm); color: var(--alarm-paper); font-weight: 650; line-height: 1.3; text-decoration: none; }
  .panel .action:hover { text-decoration: underline; }
  .panel .action.quiet { border: 1.5px solid var(--choice); background: none; color: var(--choice); }
  .emergency { display: flex; gap: 12px; max-width: 100%; border: 2px solid var(--alarm); border-inline-start-width: 8px; border-radius: 12px; background: var(--alarm-paper); }
  .emergency > .icon { width: 26px; height: 26px; color: var(--alarm); }
  .bubble.emergency > * + * { margin-top: 0; }
  .emergency.tier-doctor { border-color: var(--safety); background: var(--warn-paper); }
  .emergency.tier-doctor > .icon { color: var(--safety); }
  .panel .tier-doctor .action { background: var(--safety); color: var(--warn-paper); }
  .problem .bubble { border-color: var(--safety); background: var(--warn-paper); }

  .feedback { display: flex; align-items: center; gap: 6px; padding-inline-start: 4px; font-size: 14px; color: var(--soft); }
  .feedback button, .small { min-width: 44px; min-height: 32px; padding: 2px 12px; border: 1px solid var(--line-strong); border-radius: 22px; background: none; font-size: 14px; }
  .feedback button:hover, .small:hover { background: var(--notice); }
  .panel .small.strong { border-color: var(--alarm); color: var(--alarm); font-weight: 650; }
  .note { align-self: center; font-size: 14px; color: var(--soft); text-align: center; }
  .typing .bubble { display: flex; align-items: center; gap: 10px; min-height: 44px; }
  .typing .bubble > * + * { margin-top: 0; }
  .dots { display: inline-flex; gap: 5px; }
  .dots i { width: 8px; height: 8px; border-radius: 4px; background: var(--soft); }

  form { padding: 10px 14px 8px; border-top: 1px solid var(--line); background: var(--card); }
  .hint { padding-bottom: 6px; font-size: 14px; font-weight: 600; color: var(--alarm); }
  .field { display: flex; align-items: flex-end; gap: 8px; }
  textarea { flex: 1; min-width: 0; min-height: 46px; max-height: 140px; padding: 10px 14px; border: 1.5px solid var(--line-strong); border-radius: 22px; background: var(--paper); resize: none; line-height: 1.45; }
  textarea::placeholder { color: var(--soft); opacity: 1; }
  .panel textarea:focus-visible { outline-offset: 0; }
  .panel .send { width: 46px; height: 46px; border-radius: 23px; background: var(--ground); color: var(--words); }
  .send:hover { filter: brightness(1.12); }
  .panel[dir="rtl"] .send .icon { transform: scaleX(-1); }
  .send .icon { fill: currentColor; stroke-width: 1.5; }
  .footer { display: flex; flex-wrap: wrap; align-items: center; gap: 0 16px; min-height: 40px; padding: 0 18px max(6px, env(safe-area-inset-bottom)); background: var(--card); font-size: 14px; }
  .footer.asking { gap: 4px 8px; padding-block: 4px 8px; }
  .footer a, .footer a > span:first-child { display: inline-flex; align-items: center; gap: 6px; min-height: 32px; }
  .footer .icon { width: 16px; height: 16px; }

  @media (pointer: coarse) { .feedback button, .small, .footer a, .notice a, .hint a { min-height: 44px; } }
  @media (max-width: 600px), (max-height: 500px) {
    .panel { inset: var(--viewport-top, 0) 0 auto; width: 100vw; max-width: none; height: var(--viewport-height, 100dvh); max-height: none; border: 0; border-radius: 0; }
    .head { padding-top: max(10px, env(safe-area-inset-top)); }
  }
  @media (max-width: 360px) { .footer { gap: 0 10px; padding-inline: 12px; font-size: 13px; } }
  @media (max-height: 500px) { .head { padding-block: 2px; } .names p { display: none; } .footer { min-height: 32px; } }
  @media (prefers-reduced-motion: no-preference) {
    .panel[open] { animation: rise .18s ease-out; }
    .dots i { animation: breathe 1.2s infinite ease-in-out; }
    .dots i:nth-child(2) { animation-delay: .15s; } .dots i:nth-child(3) { animation-delay: .3s; }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    @keyframes breathe { 50% { opacity: .3; } }
  }
  @media (forced-colors: active) {
    .bubble, .choice, .action, .round, .panel, .notice, .more ul { border: 1px solid CanvasText; }
    .kind::before { background: CanvasText; }
    .dots i { background: CanvasText; }
    .panel .action, .panel .action.quiet { border: 2px solid LinkText; }
  }
`;
