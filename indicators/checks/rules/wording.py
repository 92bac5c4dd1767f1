"""Words that say too little or too much (R33, R57–R60)."""
