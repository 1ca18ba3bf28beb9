import WebSocket from "partysocket/ws";
import { first, url } from "./first.js";

first(new WebSocket(url));
