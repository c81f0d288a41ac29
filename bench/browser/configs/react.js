// React by itself, as a page that is made with it has it anyway.
import * as React from "react";
import * as ReactDOM from "react-dom";
import * as client from "react-dom/client";
import * as jsx from "react/jsx-runtime";

window.vendor = { "react": React, "react-dom": ReactDOM, "react-dom/client": client, "react/jsx-runtime": jsx };
