using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Mirror.Git;

namespace Mirror.Functions.Status;

/// <summary>Builds a page. Literal parts of a string are markup; interpolated values are text, and are encoded.</summary>
internal sealed class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _page = new();

    [SuppressMessage("Performance", "CA1822", Justification = "the compiler hands this page to the piece, which writes while it is made")]
    public void Add([InterpolatedStringHandlerArgument("")] Piece piece) => _ = piece;

    /// <summary>Adds constant markup.</summary>
    public void AddMarkup(string markup) => _page.Append(markup);

    public override string ToString() => _page.ToString();

    /// <summary>An interpolated string, whose values always pass through the encoder.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Piece
    {
        private readonly Html _html;

        public Piece(int literalSize, int holeCount, Html html)
        {
            _html = html;
            _ = literalSize + holeCount;
        }

        public void AppendLiteral(string markup) => _html._page.Append(markup);

        public void AppendFormatted(string? text)
        {
            if (text is not null)
            {
                // Line breaks are kept, since a page shows a server's messages as they came.
                _html._page.Append(Encoder.Encode(Printable.Lines(text)));
            }
        }

        public void AppendFormatted(long number) => _html._page.Append(CultureInfo.InvariantCulture, $"{number}");

        public void AppendFormatted(double number) => _html._page.Append(CultureInfo.InvariantCulture, $"{number:0.##}");
    }
}
