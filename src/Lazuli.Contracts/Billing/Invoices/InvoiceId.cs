namespace Lazuli.Contracts;

/// <summary>Id of an invoice or credit note, <c>inv_</c> and letters; its number comes when it is finalised.</summary>
public readonly record struct InvoiceId(string Value)
{
    public override string ToString() => Value;
}
