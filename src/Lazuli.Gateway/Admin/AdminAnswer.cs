using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lazuli.Gateway;

/// <summary>A room's result as HTTP.</summary>
internal static class AdminAnswer
{
    /// <exception cref="AdminRefusedException">The room refused.</exception>
    public static Ok<T> Of<T>(LicensingResult<T> result) => result switch
    {
        LicensingResult<T>.Done done => TypedResults.Ok(done.Value),
        LicensingResult<T>.Refused refused => throw Refuse(refused.Code switch
        {
            LicensingRefusal.NotFound => StatusCodes.Status404NotFound,
            LicensingRefusal.NotAllowed => StatusCodes.Status403Forbidden,
            LicensingRefusal.Invalid => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status409Conflict,
        }, string.Join(' ', refused.Reasons)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What was asked for, or that there is none.</summary>
    /// <exception cref="AdminRefusedException">There is none.</exception>
    public static Ok<T> OrNotFound<T>(T? value, string otherwise)
        where T : class => value is null ? throw Refuse(StatusCodes.Status404NotFound, otherwise) : TypedResults.Ok(value);

    private static AdminRefusedException Refuse(int status, string detail) => new(status, AdminRefusals.TitleOf(status), detail);
}
