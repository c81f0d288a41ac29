module.exports = window.vendor["react-dom"];
