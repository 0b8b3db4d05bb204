/** How the pages look: one sheet inside each of them, so that nothing else is loaded. */

export const style = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 34rem; padding: 2rem 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.0625rem; margin-bottom: 0; }
li { margin: 0.5rem 0; }
li small { display: block; }
label { display: block; margin: 1rem 0 0.25rem; }
input { box-sizing: border-box; font: inherit; padding: 0.5rem; width: 100%; }
button { cursor: pointer; font: inherit; margin: 1rem 0.5rem 0 0; min-height: 2.75rem; padding: 0 1.5rem; }
footer { border-top: 1px solid; margin-top: 2rem; padding-top: 0.5rem; }
.notice { border: 2px solid; padding: 0.5rem 1rem; }
`;

/** As a policy names the sheet above (CSP 3 §2.3.1); a test holds the two together. */
export const styleDigest = 'sha256-Ec/3MMgOD3AUWsAtkKW2judIJNRotQ43UMyPPdl2etQ=';
