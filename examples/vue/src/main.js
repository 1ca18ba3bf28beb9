// What does the page start with?

import { createApp } from "vue";
import App from "./App.vue";

createApp(App).mount("#app");
