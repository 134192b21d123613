// The page of `stargate serve`.
import "./style.css";
import { startLive } from "./live/index.ts";

const host = document.getElementById("app");
if (host) startLive(host);
