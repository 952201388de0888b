namespace Mirror.Functions.Status;

/// <summary>The style sheet, inline in the page, which loads nothing from elsewhere.</summary>
internal static class StyleSheet
{
    public const string Text = """
        :root{--bg:#f6f7f9;--card:#fff;--ink:#1b1f24;--soft:#5b6470;--line:#dde1e6;--link:#0b5cad;
        --ok:#1a7f37;--okbg:#e2f4e6;--bad:#b3261e;--badbg:#fce8e6;--held:#8a5300;--heldbg:#fdf0d5;--late:#9a4b00;--latebg:#ffe9d6;
        --never:#57606a;--neverbg:#e8ebef}
        @media(prefers-color-scheme:dark){:root{--bg:#0f1318;--card:#171c23;--ink:#e6eaef;--soft:#9aa5b1;--line:#2b333d;--link:#79b8ff;
        --ok:#6fdd8b;--okbg:#12301b;--bad:#ff9d94;--badbg:#431814;--held:#f3c46b;--heldbg:#3a2a0a;--late:#ffb37a;--latebg:#40250f;
        --never:#aab4bf;--neverbg:#27303a}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:76rem;padding:1.25rem;background:var(--bg);color:var(--ink);
        font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
        a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        header{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:0 1rem}
        header p:first-child{flex-basis:100%;margin:0 0 .5rem}
        h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.05rem;margin:0 0 .5rem}
        .asof,footer,caption,.legend{color:var(--soft);font-size:.875rem}
        .problem{background:var(--badbg);border-left:5px solid var(--bad);border-radius:6px;padding:.75rem 1rem;margin:1rem 0}
        .words{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0}
        .states{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:1rem 0}
        .state{display:block;padding:.4rem .8rem;border-radius:8px;border:1px solid var(--line);background:var(--card);color:var(--ink);
        text-decoration:none}
        .state b{font-size:1.15rem}.state.none{color:var(--soft)}.state[aria-current]{border-color:currentColor;
        box-shadow:inset 0 0 0 1px currentColor}
        .state.failing:not(.none) b{color:var(--bad)}.state.held:not(.none) b{color:var(--held)}
        .state.behind:not(.none) b{color:var(--late)}.state.ok:not(.none) b{color:var(--ok)}
        form{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;margin:0 0 1rem}
        input,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.4rem .7rem}
        input{flex:0 1 18rem;min-width:8rem}button{cursor:pointer}
        table{width:100%;border-collapse:separate;border-spacing:0;background:var(--card);border:1px solid var(--line);border-radius:10px;
        overflow:hidden}
        caption{text-align:left;padding:0 0 .4rem}
        th,td{text-align:left;vertical-align:top;padding:.55rem .9rem;border-top:1px solid var(--line)}
        thead th{border-top:0;font-size:.8rem;color:var(--soft);font-weight:600}
        tbody th{font-weight:600;overflow-wrap:anywhere}
        tr.why td{border-top:0;padding-top:0;font-size:.92rem}tr.why td>*{border-left:3px solid var(--line);margin:0;padding:.15rem .75rem}
        tr.why.failing td>*{border-color:var(--bad)}tr.why.held td>*{border-color:var(--held)}
        .badge{display:inline-block;border-radius:999px;padding:.05rem .65rem;font-size:.875rem;font-weight:600;white-space:nowrap}
        .badge.ok{color:var(--ok);background:var(--okbg)}.badge.failing{color:var(--bad);background:var(--badbg)}
        .badge.held{color:var(--held);background:var(--heldbg)}
        .badge.behind{color:var(--late);background:var(--latebg)}.badge.never{color:var(--never);background:var(--neverbg)}
        span.late{color:var(--late);font-weight:600}.unknown,.empty{color:var(--soft)}
        section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem;margin:1rem 0}section table{border:0;
        border-radius:0}
        section.error{border-left:5px solid var(--bad)}section.error.held{border-left-color:var(--held)}section p{margin:.25rem 0}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1rem 0}
        .facts div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.6rem 1rem}dt{font-size:.8rem;
        color:var(--soft)}dd{margin:0}
        svg{display:block;width:100%;height:auto;max-height:15rem}svg text{font-size:11px;fill:var(--soft)}
        svg .axis{stroke:var(--line);fill:none}svg .line{stroke:var(--link);stroke-width:2;fill:none}svg .point{fill:var(--link)}
        svg .failing{fill:var(--bad)}
        svg .full{fill:var(--link)}svg .delta{fill:var(--link);opacity:.5}
        .legend{margin:.5rem 0 0}.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;background:var(--link);
        margin-left:.75rem}.key.delta{opacity:.5}
        footer{margin-top:1.25rem}footer a{margin-right:.75rem}
        @media(max-width:44rem){body{padding:.9rem}
        table,tbody,tr,th,td,caption{display:block;width:100%}table{background:none;border:0;border-radius:0}
        thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        tbody tr{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:0 0 .75rem;padding:.5rem 0}
        tbody tr.more{border-bottom:0;border-radius:10px 10px 0 0;margin-bottom:0}tbody tr.why{border-top:0;border-radius:0 0 10px 10px;
        padding-top:0}
        th,td{border:0;padding:.2rem .9rem}td[data-of]{display:flex;justify-content:space-between;gap:1rem;text-align:right}
        td[data-of]::before{content:attr(data-of);color:var(--soft);text-align:left}
        section{padding:.9rem}section tbody tr{background:var(--bg)}svg text{font-size:19px}input{flex:1}.states{gap:.35rem}
        .state{padding:.3rem .6rem}}
        """;
}
