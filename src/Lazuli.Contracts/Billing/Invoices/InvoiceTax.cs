namespace Lazuli.Contracts;

/// <summary>A tax on the net total.</summary>
/// <param name="Name">E.g. <c>VAT 19 %</c>.</param>
/// <param name="BasisPoints">Hundredths of a percent, 0 to 10,000.</param>
/// <param name="Nanos">Its amount, rounded to the minor unit; 0 in a request.</param>
public sealed record InvoiceTax(string Name, int BasisPoints, long Nanos = 0);
