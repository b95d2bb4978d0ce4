using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Settings of prices and invoices; section <c>Billing</c>.</summary>
public sealed class BillingOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Billing";

    /// <summary>Currency of the owner's own use, which costs nothing, and of capital when none is named.</summary>
    /// <value>Default <c>EUR</c>.</value>
    [Required]
    [RegularExpression("[A-Z]{3}", ErrorMessage = "{0} is three capital letters of ISO 4217, such as EUR.")]
    public string Currency { get; set; } = "EUR";

    /// <summary>How often prices published by other processes are looked for.</summary>
    /// <value>Default 1 second; from 100 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PriceRefresh { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class BillingOptionsValidator : IValidateOptions<BillingOptions>;
