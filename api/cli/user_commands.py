"""`callqa user …`: options; the work is in `api.cli.user`."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.running import end_with, run_settings
from models.access.roles import Role

user_app = typer.Typer(help="账号 · Accounts.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="登录名 · Login")]
Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读密码;否则生成一个 · Read it; made up otherwise")
]


@user_app.command("add")
def add(  # noqa: PLR0917 (options)
    login: Login,
    role: Annotated[Role, typer.Option(help="角色 · Role")],
    name: Annotated[str, typer.Option(help="姓名 · Name")] = "",
    agent: Annotated[str, typer.Option(help="坐席编号(坐席)· Agent id of an agent")] = "",
    team: Annotated[list[str] | None, typer.Option(help="团队编号(班组长),可多次 · Teams of a lead")] = None,
    password_stdin: Stdin = False,
) -> None:
    """新建账号;第一个必须是管理员,有了它所有人都要登录 · Add an account; with the first everybody signs in."""
    from api.cli.user import add as run

    end_with(
        run(
            *(run_settings(), login),
            role=role,
            name=name,
            agent_id=agent,
            teams=tuple(team or ()),
            from_stdin=password_stdin,
        )
    )


@user_app.command("list")
def list_() -> None:
    """列出账号 · List accounts."""
    from api.cli.user import show

    end_with(show(run_settings()))


@user_app.command("password")
def password(login: Login, password_stdin: Stdin = False) -> None:
    """重设密码,同时结束该账号的所有登录 · Set a password; ends the account's sessions."""
    from api.cli.user import new_password

    end_with(new_password(run_settings(), login, from_stdin=password_stdin))


@user_app.command("disable")
def disable(login: Login) -> None:
    """停用账号 · Shut an account."""
    from api.cli.user import shut

    end_with(shut(run_settings(), login, disabled=True))


@user_app.command("enable")
def enable(login: Login) -> None:
    """启用账号 · Open an account again."""
    from api.cli.user import shut

    end_with(shut(run_settings(), login, disabled=False))


@user_app.command("key")
def key(
    login: Login, label: Annotated[str, typer.Option(help="给哪个程序用 · Which program it is for")]
) -> None:
    """给程序一把密钥,只显示一次 · A key for a program, shown once."""
    from api.cli.user import key as run

    end_with(run(run_settings(), login, label))
