// Where does the chat come and go?

import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Chat } from "./Chat";

const server = new URLSearchParams(location.search).get("server") ?? "ws://127.0.0.1:8080/ws/chat";

function App() {
  const [isHere, setHere] = useState(true);
  return (
    <>
      <button id="leave" onClick={() => setHere(!isHere)}>{isHere ? "Leave" : "Join"}</button>
      {isHere && <Chat url={server} />}
    </>
  );
}

createRoot(document.querySelector("#app")!).render(<StrictMode><App /></StrictMode>);
