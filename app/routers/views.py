"""已存视图: the filters of lists under a name, one's own or the organisation's."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field
from pydantic.types import UUID7

from app.access import Work
from app.deps import needs
from app.kinds.forms import S1, Yes
from app.permissions import Permission
from app.routers.bodies import Body
from app.routers.shown import Shown, shown
from app.services.seeing import views
from app.services.seeing.views import Page

router = APIRouter(prefix="/views", tags=["已存视图"])

Working = Annotated[Work, needs(Permission.WORKLIST_READ)]


class ViewBody(Body):
    id: UUID7 = Field(title="客户端生成的编号（UUIDv7），重发时不变")
    page: Page = Field(title="页面")
    name: str = Field(title="名称，不要写入个人信息", min_length=1, max_length=40)
    asked: str = Field(title="网址中的筛选条件", max_length=500)
    shared: Yes = Field(title="与本单位共享")


class ViewShown(Shown):
    id: UUID = shown(S1, "编号")
    name: str = shown(S1, "名称")
    asked: str = shown(S1, "筛选条件")
    shared: bool = shown(S1, "与本单位共享")
    own: bool = shown(S1, "本人保存的")
    account: str = shown(S1, "保存人")


class Views(Shown):
    items: list[ViewShown] = shown(S1, "已存视图")


@router.get("", operation_id="list_views", summary="已存视图", response_model=Views)
async def list_views(work: Working, page: Annotated[Page, Query(title="页面")]) -> Any:
    """本人保存的和本单位共享的。"""
    return {"items": await views.find(work, page)}


@router.post("", operation_id="save_view", summary="保存视图", status_code=201, response_model=None)
async def save_view(work: Working, body: ViewBody, response: Response) -> None:
    """只保存筛选条件，不含任何内容；看到的仍是各人自己的范围。"""
    new = await views.save(work, body.id, body.page, body.name, body.asked, shared=body.shared)
    response.status_code = 201 if new else 200


@router.post("/{view_id}/remove", operation_id="remove_view", summary="删去视图", status_code=204)
async def remove_view(work: Working, view_id: UUID) -> None:
    """只能删去本人保存的。"""
    await views.remove(work, view_id)
