import WebSocket from "reconnecting-websocket";
import { first, url } from "./first.js";

first(new WebSocket(url));
