// Nothing of this is for everwire: React asks for it.

import react from "@vitejs/plugin-react";

export default { plugins: [react()] };
