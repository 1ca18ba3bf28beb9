import { WebSocket } from "everwire";
import { first, url } from "./first.js";

first(new WebSocket(url));
