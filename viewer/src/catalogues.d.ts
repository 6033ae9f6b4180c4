declare module '*.json?first' {
  const messages: import('./core/i18n.ts').Messages;
  export default messages;
}
declare module '*.json?later' {
  const messages: import('./core/i18n.ts').Messages;
  export default messages;
}
