using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>The rooms' refusals as HTTP.</summary>
internal static class AdminRefusals
{
    /// <summary>Null for what is no refusal.</summary>
    public static int? StatusOf(Exception exception) => exception is BillingRefusedException billing
        ? billing.Code switch
        {
            BillingRefusal.Invalid => StatusCodes.Status400BadRequest,
            BillingRefusal.NotFound => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status409Conflict,
        }
        : null;

    public static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "A value cannot be",
        StatusCodes.Status403Forbidden => "Not allowed",
        StatusCodes.Status404NotFound => "Not found",
        _ => "Refused as things stand",
    };
}
