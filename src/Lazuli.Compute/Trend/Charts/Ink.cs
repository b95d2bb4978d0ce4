namespace Lazuli.Compute;

/// <summary>The colours of charts: those of Okabe and Ito (2008), which people with any kind of colour vision tell apart, and greys.</summary>
internal static class Ink
{
    public const string Blue = "#0072B2";
    public const string Vermilion = "#D55E00";
    public const string Green = "#009E73";
    public const string Orange = "#E69F00";
    public const string Purple = "#CC79A7";
    public const string Sky = "#56B4E9";
    public const string Black = "#1A1A1A";
    public const string Grey = "#595959";
    public const string LightGrey = "#8C8C8C";
    public const string Grid = "#E4E4E4";
    public const string Frame = "#9A9A9A";
    public const string BandA = "#F6F6F3";
    public const string BandB = "#FFFFFF";
    public const string White = "#FFFFFF";

    /// <summary>What fills an estimate's symbol: its colour when its authors are confident, nothing when they are less sure or do not say.</summary>
    public static string? Fill(ComputeEstimate estimate, string colour) => estimate.Confidence == EstimateConfidence.Confident ? colour : null;

    /// <summary>The shade of a colour for words: dark enough to be read small on white.</summary>
    public static string Words(string colour) => colour switch { Green => "#00694D", Vermilion => "#A84A00", Sky => "#1F6F9F", _ => colour };

    /// <summary>Colour and symbol of the n-th table.</summary>
    public static (string Colour, MarkerShape Shape) Series(string dataSet, int index) => dataSet switch
    {
        ComputeDataSets.OpenAi => (Vermilion, MarkerShape.Square),
        ComputeDataSets.Epoch => (Blue, MarkerShape.Circle),
        _ => (index % 3) switch { 0 => (Green, MarkerShape.Triangle), 1 => (Black, MarkerShape.Circle), _ => (Sky, MarkerShape.Square) },
    };
}
