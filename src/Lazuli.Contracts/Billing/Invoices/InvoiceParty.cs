namespace Lazuli.Contracts;

/// <summary>Who stands on an invoice, as it is printed.</summary>
/// <param name="Id">The party.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Lines below the name.</param>
/// <param name="TaxId">Its number with the tax office; empty for none.</param>
public sealed record InvoiceParty(PartyId Id, string Name, IReadOnlyList<string> Address, string TaxId = "");
