// Nothing of this is for everwire: Vue asks for it.

import vue from "@vitejs/plugin-vue";

export default { plugins: [vue()] };
