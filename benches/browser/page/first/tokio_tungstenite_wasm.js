import * as program from "../rust/tokio_tungstenite_wasm/tokio_tungstenite_wasm.js";
import { firstOf } from "./first.js";

await firstOf(program);
