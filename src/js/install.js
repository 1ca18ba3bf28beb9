// What does Rust import, when it is loaded? This alone: a module that is imported has its exports kept, used or not.

export { install } from "./engine.js";
