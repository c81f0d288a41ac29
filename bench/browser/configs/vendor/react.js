module.exports = window.vendor["react"];
