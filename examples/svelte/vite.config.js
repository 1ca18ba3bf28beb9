// Nothing of this is for everwire: Svelte asks for it.

import { svelte } from "@sveltejs/vite-plugin-svelte";

export default { plugins: [svelte()] };
