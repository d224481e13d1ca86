/// <reference types="astro/client" />

declare module 'platform:composition' {
  const data: import('./lib/composition').Composition;
  export default data;
}
