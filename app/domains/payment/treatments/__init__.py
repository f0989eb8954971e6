"""Treatment first, payment later (先诊疗后付费): held on the citizen's credit line before, charged after."""
