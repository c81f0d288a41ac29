module.exports = window.vendor["react/jsx-runtime"];
