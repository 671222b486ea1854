"""The ZAN law as dated figures and pure rules: envelopes, costs, net artificialisation."""
