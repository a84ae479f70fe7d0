/**
 * What the gateway sends, as docs/reference/wire.md describes it. Nothing here runs.
 *
 * @typedef {{id: string, title: string}} Choice
 * @typedef {{label: string, href: string}} Action
 * @typedef {{type: "text", text: string, kind?: string, topic?: string}} TextMessage
 * @typedef {{type: "choices", text: string, choices: Choice[]}} ChoicesMessage
 * @typedef {{type: "openings", text: string, openings: {id: string, start: string, label: string}[]}} OpeningsMessage
 * @typedef {{type: "summary", rows: {label: string, value: string}[], choices: Choice[]}} SummaryMessage
 * @typedef {{type: "emergency", tier: string, text: string, actions: Action[]}} EmergencyMessage
 * @typedef {TextMessage | ChoicesMessage | OpeningsMessage | SummaryMessage | EmergencyMessage} Message
 *
 * @typedef {{from: "visitor", text: string, client_message_id?: string}} VisitorTurn
 * @typedef {{from: "assistant", messages: Message[]}} AssistantTurn
 * @typedef {VisitorTurn | AssistantTurn} Turn
 *
 * @typedef {{id: string, deleted: number, erased_at: string, message: string}} Receipt
 *
 * @typedef {{title: string, text: string, pages?: string[]}} Starter
 * @typedef {Record<string, string>} Strings
 * @typedef {{
 *   language: string,
 *   phone?: string | null,
 *   phone_href?: string | null,
 *   booking_url?: string | null,
 *   privacy_url?: string | null,
 *   disclosure: string,
 *   privacy: string,
 *   greeting: string,
 *   emergency_line: string,
 *   starters: Starter[],
 *   kinds: Record<string, string>,
 *   strings: Strings,
 *   errors?: Record<string, string>,
 *   emergency: EmergencyMessage,
 *   limits: {message_characters: number},
 * }} Config
 */
export {};
