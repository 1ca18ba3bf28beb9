// What does the page start with?

import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.querySelector("#app") });
